#include <catch2/catch.hpp>
#include <ichor/coroutines/PlainScopes.h>
#include <ichor/coroutines/Scope.h>

#include <cstddef>
#include <vector>

using namespace Ichor;

TEST_CASE("PlainScopes: forgets what is removed, in any order, however many there are", "[coroutines]") {
    auto const count = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{100}, std::size_t{5'000});
    CAPTURE(count);
    std::vector<int> objects(count);
    std::vector<Scope> scopes(count);
    std::vector<Detail::PlainScope> entries(count);
    auto const find = [&](std::size_t i) { return PlainScopes<int>::find(&objects[i]); };
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < count; ++i) {
        entries[i] = {.object = &objects[i], .scope = &scopes[i]};
        PlainScopes<int>::add(entries[i]);
    }
    for (std::size_t i = 0; i < count; ++i) wrong += find(i) != &scopes[i] ? 1U : 0U;
    for (std::size_t i = 0; i < count; i += 2) PlainScopes<int>::remove(entries[i]);
    for (std::size_t i = 0; i < count; ++i) wrong += find(i) != (i % 2 == 0 ? nullptr : &scopes[i]) ? 1U : 0U;
    PlainScopes<int>::remove(entries[0]); // it has gone already
    for (std::size_t i = 1; i < count; i += 2) PlainScopes<int>::remove(entries[i]);
    for (std::size_t i = 0; i < count; ++i) wrong += find(i) != nullptr ? 1U : 0U;
    CHECK(wrong == 0);

    entries[0].scope = &scopes[count - 1];
    PlainScopes<int>::add(entries[0]);
    CHECK(find(0) == &scopes[count - 1]);
    PlainScopes<int>::remove(entries[0]);
    CHECK(find(0) == nullptr);
}
