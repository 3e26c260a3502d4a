#include <ichor/base/TypeName.h>

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace TypeNameSamples {

struct Plain {};
class Incomplete;
enum class Colour { RED };

template <class... T>
struct Templated {};

template <int N>
struct Numbered {};

struct Outer {
    struct Inner {};
};

} // namespace TypeNameSamples

namespace {
struct Hidden {};
} // namespace

using namespace Ichor;
using namespace TypeNameSamples;

TEST_CASE("typeName: is the full name with its namespaces", "[type_name]") {
    CHECK(typeName<Plain>() == "TypeNameSamples::Plain");
    CHECK(typeName<Outer::Inner>() == "TypeNameSamples::Outer::Inner");
    CHECK(typeName<Colour>() == "TypeNameSamples::Colour");
    CHECK(typeName<int>() == "int");
    CHECK(typeName<void>() == "void");
}

TEST_CASE("typeName: needs only a declaration of the type", "[type_name]") {
    CHECK(typeName<Incomplete>() == "TypeNameSamples::Incomplete");
    CHECK(typeNameHash<Incomplete>() != 0);
}

TEST_CASE("typeName: a template's name has its arguments", "[type_name]") {
    CHECK(typeName<Templated<int, Plain>>() == "TypeNameSamples::Templated<int, TypeNameSamples::Plain>");
    CHECK(typeName<Templated<>>() == "TypeNameSamples::Templated<>");
    CHECK(typeName<Numbered<7>>() == "TypeNameSamples::Numbered<7>");
    CHECK_THAT(std::string(typeName<Templated<Templated<char>>>()),
               Catch::StartsWith("TypeNameSamples::Templated<TypeNameSamples::Templated<char>"));
}

TEST_CASE("typeName: an alias has the name of what it stands for", "[type_name]") {
    using Alias = Plain;
    CHECK(typeName<Alias>() == typeName<Plain>());
    CHECK(typeName<std::uint32_t>() == typeName<unsigned int>());
}

TEST_CASE("typeName: lambdas and hidden types have a name, known not to be theirs alone", "[type_name]") {
    auto const lambda = [] {};
    auto const names = {typeName<decltype(lambda)>(), typeName<Hidden>()};
    for (std::string_view name : names) CHECK_FALSE(name.empty());

    CHECK_FALSE(hasUniqueTypeName<decltype(lambda)>());
    CHECK_FALSE(hasUniqueTypeName<Hidden>());
    CHECK_FALSE(hasUniqueTypeName<Templated<Hidden>>());
    CHECK(hasUniqueTypeName<Plain>());
    CHECK(hasUniqueTypeName<std::map<std::string, std::vector<Plain>>>());
}

TEST_CASE("typeNameHash: types that differ in a reference, const, argument or number differ", "[type_name]") {
    std::set<std::uint64_t> const hashes{typeNameHash<int>(),
                                         typeNameHash<int &>(),
                                         typeNameHash<int const>(),
                                         typeNameHash<int *>(),
                                         typeNameHash<unsigned>(),
                                         typeNameHash<Numbered<1>>(),
                                         typeNameHash<Numbered<2>>(),
                                         typeNameHash<Templated<>>(),
                                         typeNameHash<Templated<int>>(),
                                         typeNameHash<Templated<long>>(),
                                         typeNameHash<std::string>()};
    CHECK(hashes.size() == 11);
}

TEST_CASE("typeNameHash: is FNV-1a of 64 bits", "[type_name]") {
    // Source: the test vectors of the FNV reference (draft-eastlake-fnv)
    STATIC_REQUIRE(Detail::fnv1a64("") == 0xcbf29ce484222325ULL);
    STATIC_REQUIRE(Detail::fnv1a64("a") == 0xaf63dc4c8601ec8cULL);
    STATIC_REQUIRE(Detail::fnv1a64("foobar") == 0x85944171f73967e8ULL);
}

TEST_CASE("typeName and its hash can be used where the compiler needs a constant", "[type_name]") {
    constexpr auto number = [](std::uint64_t hash) {
        switch (hash) {
        case typeNameHash<int>(): return 1;
        case typeNameHash<Plain>(): return 2;
        default: return 0;
        }
    };
    STATIC_REQUIRE(number(typeNameHash<Plain>()) == 2);
}
