#include <ichor/base/UniqueFunction.h>

#include <catch2/catch.hpp>

#include <array>
#include <concepts>
#include <memory>
#include <stdexcept>
#include <string>

using namespace Ichor;

namespace {

int twice(int number) { return 2 * number; }

template <std::size_t SIZE, bool THROWING_MOVE, std::size_t ALIGNMENT = 8>
struct alignas(ALIGNMENT) Counted {
    explicit Counted(int &count) : alive(&count) { ++*alive; }
    Counted(Counted &&other) noexcept(!THROWING_MOVE) : alive(other.alive) { ++*alive; }
    Counted(Counted const &) = delete;
    ~Counted() { --*alive; }
    int operator()() const { return reinterpret_cast<std::uintptr_t>(this) % ALIGNMENT == 0 ? *alive : -1; }

    int *alive;
    std::array<char, SIZE> filling{};
};

} // namespace

TEST_CASE("UniqueFunction: calls functions, lambdas and callable objects", "[unique_function]") {
    UniqueFunction<int(int)> function = &twice;
    CHECK(function(4) == 8);
    function = twice; // which compiles without a warning
    CHECK(function(5) == 10);
    function = [offset = 3](int number) { return number + offset; };
    CHECK(function(4) == 7);
    int calls = 0;
    function = [&calls](int number) mutable {
        ++calls;
        return number;
    };
    function(0);
    function(0);
    CHECK(calls == 2);
}

TEST_CASE("UniqueFunction: owns what can only be moved, and hands such arguments on", "[unique_function]") {
    auto owned = std::make_unique<int>(5);
    UniqueFunction<std::unique_ptr<int>(std::unique_ptr<int>)> function = [owned = std::move(owned)](std::unique_ptr<int> other) {
        *other += *owned;
        return other;
    };
    CHECK(*function(std::make_unique<int>(2)) == 7);
}

TEST_CASE("UniqueFunction: references pass through it, and results convert or are dropped", "[unique_function]") {
    int number = 1;
    UniqueFunction<int &(int &)> same = [](int &value) -> int & { return value; };
    same(number) = 9;
    CHECK(number == 9);
    UniqueFunction<void()> dropping = [&number] { return ++number; };
    dropping();
    CHECK(number == 10);
    UniqueFunction<std::string()> converting = [] { return "text"; };
    CHECK(converting() == "text");
}

TEST_CASE("UniqueFunction: one without a callable tests false", "[unique_function]") {
    UniqueFunction<void()> none;
    CHECK_FALSE(none);
    CHECK(none == nullptr);
    CHECK_FALSE(UniqueFunction<void()>(nullptr));
    int (*nowhere)(int) = nullptr;
    CHECK_FALSE(UniqueFunction<int(int)>(nowhere));
    UniqueFunction<void()> some = [] {};
    CHECK(some);
    some = nullptr;
    CHECK_FALSE(some);
}

TEMPLATE_TEST_CASE("UniqueFunction: the callable lives exactly as long as its owner, however it is kept", "[unique_function]",
                   (Counted<8, false>), (Counted<40, false>), (Counted<41, false>), (Counted<200, false>), (Counted<8, true>),
                   (Counted<200, true>), (Counted<8, false, 64>)) {
    int alive = 0;
    {
        UniqueFunction<int()> first = TestType(alive);
        CHECK(alive == 1);
        CHECK(first() == 1);

        UniqueFunction<int()> second = std::move(first);
        CHECK_FALSE(first); // NOLINT: a moved-from one is empty by contract
        CHECK(second() == 1);
        CHECK(alive == 1);

        first = std::move(second);
        CHECK_FALSE(second);
        CHECK(first() == 1);

        first = TestType(alive);
        CHECK(alive == 1);

        UniqueFunction<int()> &itself = first;
        first = std::move(itself);
        REQUIRE(first);
        CHECK(first() == 1);

        first.reset();
        CHECK(alive == 0);
        first.reset();
        CHECK_FALSE(first);
        first = TestType(alive);
    }
    CHECK(alive == 0);
}

TEST_CASE("UniqueFunction: a callable may replace the function that it lives in when it is destroyed", "[unique_function]") {
    struct Resetting {
        UniqueFunction<void()> *home;
        explicit Resetting(UniqueFunction<void()> &function) : home(&function) {}
        Resetting(Resetting &&other) noexcept : home(std::exchange(other.home, nullptr)) {}
        ~Resetting() {
            if (home != nullptr) home->reset();
        }
        void operator()() const {}
    };
    UniqueFunction<void()> function = Resetting(function);
    function = [] {};
    CHECK_FALSE(function);
}

TEST_CASE("UniqueFunction: exceptions of the callable and of its construction reach the caller", "[unique_function]") {
    UniqueFunction<void()> failing = [] { throw std::runtime_error("no"); };
    CHECK_THROWS_AS(failing(), std::runtime_error);

    struct Unmade {
        Unmade() = default;
        Unmade(Unmade const &) { throw std::runtime_error("not copied"); }
        void operator()() const {}
    };
    Unmade const unmade;
    UniqueFunction<void()> function;
    CHECK_THROWS_AS(function = unmade, std::runtime_error);
    CHECK_FALSE(function);
}

TEST_CASE("UniqueFunction: takes only what can be called so, and is not copied", "[unique_function]") {
    STATIC_REQUIRE_FALSE(std::constructible_from<UniqueFunction<void()>, int>);
    STATIC_REQUIRE_FALSE(std::constructible_from<UniqueFunction<int(int)>, std::string (*)(int)>);
    STATIC_REQUIRE_FALSE(std::copy_constructible<UniqueFunction<void()>>);
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<UniqueFunction<void()>>);
    STATIC_REQUIRE(sizeof(UniqueFunction<void()>) == 64);
}
