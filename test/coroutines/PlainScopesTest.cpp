#include <catch2/catch.hpp>
#include <ichor/coroutines/PlainScopes.h>
#include <ichor/coroutines/Scope.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
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

TEST_CASE("PlainScopes: a look-up stays short however the objects lie", "[coroutines]") {
    // Side by side in slabs, a page apart, and at one and the same place of many slabs.
    auto const apart = GENERATE(std::size_t{384}, std::size_t{512}, std::size_t{640}, std::size_t{4'096}, std::size_t{65'536},
                                std::size_t{1} << 21, std::size_t{1} << 24, std::size_t{1} << 30);
    constexpr std::size_t COUNT = 5'000;
    CAPTURE(apart);
    Detail::ScopeTable table;
    Scope scope;
    std::vector<Detail::PlainScope> entries(COUNT);
    auto const address = [&](std::size_t i) { return reinterpret_cast<void const *>(std::uintptr_t{0x7f00'0000'1000} + i * apart); };
    for (std::size_t i = 0; i < COUNT; ++i) {
        entries[i] = {.object = address(i), .scope = &scope};
        table.add(entries[i]);
    }

    std::size_t steps = 0;
    std::size_t longest = 0;
    for (Detail::PlainScope const &first : entries) {
        std::size_t length = 0;
        for (Detail::PlainScope const *entry = &first; entry != nullptr; entry = entry->next) ++length;
        steps += length;
        longest = std::max(longest, length);
    }
    CHECK(longest <= 16);
    CHECK(steps <= 3 * COUNT);

    for (Detail::PlainScope &entry : entries) table.remove(entry);
    CHECK(table.find(address(0)) == nullptr);
}
