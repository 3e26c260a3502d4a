#include <ichor/base/Any.h>

#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace Ichor;

namespace AnySamples {

enum class Manner { PLAIN, THROWING_MOVE, OVER_ALIGNED, LARGE };

template <Manner MANNER>
struct alignas(MANNER == Manner::OVER_ALIGNED ? 64 : 8) Counted {
    static constexpr std::size_t FILLING = MANNER == Manner::LARGE ? 1'000 : 4;

    explicit Counted(int value) : number(value) { ++alive; }
    Counted(Counted const &other) : number(other.number) { ++alive; }
    Counted(Counted &&other) noexcept(MANNER != Manner::THROWING_MOVE) : number(std::exchange(other.number, -1)) { ++alive; }
    Counted &operator=(Counted const &) = delete;
    ~Counted() { --alive; }

    [[nodiscard]] bool isAligned() const { return reinterpret_cast<std::uintptr_t>(this) % alignof(Counted) == 0; }

    int number;
    std::array<char, FILLING> filling{};
    static inline int alive = 0;
};

struct FailingCopy {
    FailingCopy() = default;
    FailingCopy(FailingCopy const &) { throw std::runtime_error("not copied"); }
    FailingCopy(FailingCopy &&) noexcept = default;
};

} // namespace AnySamples

using namespace AnySamples;

TEST_CASE("Any: gives back exactly what was put in", "[any]") {
    Any any = 5;
    CHECK(any.hasValue());
    CHECK(any_cast<int>(any) == 5);
    any_cast<int &>(any) = 6;
    CHECK(any_cast<int const &>(any) == 6);
    any = std::vector<int>{1, 2, 3};
    CHECK(any_cast<std::vector<int>>(any).size() == 3);
    CHECK(any_cast<std::string>(make_any<std::string>(3u, 'x')) == "xxx");
}

TEST_CASE("Any: a text literal is kept as a std::string", "[any]") {
    char const *pointer = "pointer";
    char array[] = "array";
    CHECK(any_cast<std::string>(Any("literal")) == "literal");
    CHECK(any_cast<std::string>(Any(pointer)) == "pointer");
    CHECK(any_cast<std::string>(Any(array)) == "array");
    CHECK(Any(std::string_view("view")).holds<std::string_view>());
}

TEST_CASE("Any: a value of another type is refused by an exception that names both", "[any]") {
    Any const any = 5;
    CHECK_THROWS_AS(any_cast<std::string>(any), BadAnyCast);
    CHECK_THROWS_WITH(any_cast<double>(any), "an Any that holds int was asked for a value of type double");
    CHECK_THROWS_WITH(any_cast<int>(Any{}), "an Any that holds nothing was asked for a value of type int");
    CHECK_THROWS_AS(any_cast<unsigned>(any), BadAnyCast);
}

TEST_CASE("Any: asked by pointer it gives the place of the value, or nothing", "[any]") {
    Any any = 5;
    REQUIRE(any_cast<int>(&any) != nullptr);
    *any_cast<int>(&any) = 7;
    Any const &fixed = any;
    CHECK(*any_cast<int>(&fixed) == 7);
    CHECK(any_cast<long>(&any) == nullptr);
    CHECK(any_cast<int>(static_cast<Any *>(nullptr)) == nullptr);
}

TEST_CASE("Any: one that was default-constructed or reset holds nothing", "[any]") {
    Any any;
    CHECK_FALSE(any.hasValue());
    CHECK(any.typeName() == "nothing");
    Any const copy = any;
    CHECK_FALSE(copy.hasValue());
    any = 3;
    any.reset();
    any.reset();
    CHECK_FALSE(any.hasValue());
    any = Any{};
    CHECK_FALSE(any.hasValue());
}

TEMPLATE_TEST_CASE("Any: copies and moves of every kind of value leave each destroyed once", "[any]", Counted<Manner::PLAIN>,
                   Counted<Manner::THROWING_MOVE>, Counted<Manner::OVER_ALIGNED>, Counted<Manner::LARGE>) {
    {
        Any first = TestType(1);
        CHECK(TestType::alive == 1);
        CHECK(any_cast<TestType &>(first).isAligned());

        Any second = first;
        CHECK(TestType::alive == 2);
        CHECK(any_cast<TestType &>(second).number == 1);
        CHECK(any_cast<TestType &>(second).isAligned());

        Any third = std::move(first);
        CHECK_FALSE(first.hasValue()); // NOLINT: a moved-from one is empty by contract
        CHECK(TestType::alive == 2);
        CHECK(any_cast<TestType &>(third).number == 1);

        second = 5;
        CHECK(TestType::alive == 1);
        second = std::move(third);
        CHECK(any_cast<TestType &>(second).number == 1);
        CHECK(TestType::alive == 1);

        Any &itself = second;
        second = itself;
        CHECK(any_cast<TestType &>(second).number == 1);
        second = std::move(itself);
        CHECK(any_cast<TestType &>(second).number == 1);
        CHECK(TestType::alive == 1);

        second.emplace<TestType>(8);
        CHECK(any_cast<TestType &>(second).number == 8);
        CHECK(TestType::alive == 1);
        std::swap(first, second);
        CHECK(any_cast<TestType &>(first).number == 8);
    }
    CHECK(TestType::alive == 0);
}

TEST_CASE("Any: a copy that throws leaves the target as it was", "[any]") {
    Any const failing = FailingCopy{};
    Any target = std::string("kept");
    CHECK_THROWS_AS(target = failing, std::runtime_error);
    CHECK(any_cast<std::string>(target) == "kept");
    CHECK_THROWS_AS(Any(failing), std::runtime_error);
    CHECK_THROWS_AS(target.emplace<FailingCopy>(any_cast<FailingCopy const &>(failing)), std::runtime_error);
    CHECK(any_cast<std::string>(target) == "kept");
}

TEST_CASE("Any: a value can be moved out", "[any]") {
    Any any = std::string(100, 'x');
    std::string const text = any_cast<std::string>(std::move(any));
    CHECK(text.size() == 100);
}

TEST_CASE("Any: types that share a name are told apart", "[any]") {
    auto const first = [] { return 1; };
    auto const second = [] { return 2; };
    Any const any = first;
    CHECK(any.holds<std::decay_t<decltype(first)>>());
    CHECK_FALSE(any.holds<std::decay_t<decltype(second)>>());
}

TEST_CASE("Any: values that cannot be copied are refused at compile time", "[any]") {
    STATIC_REQUIRE_FALSE(std::constructible_from<Any, std::unique_ptr<int>>);
    STATIC_REQUIRE(std::constructible_from<Any, std::shared_ptr<int>>);
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Any>);
    STATIC_REQUIRE(sizeof(Any) <= 32);
}
