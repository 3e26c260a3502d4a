#include "FuzzTargets.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace Ichor::Testing;

namespace {

/// Every file of the folder is one input, as the fuzzers have found them.
void replay(std::string const &folder, void (*target)(std::string_view)) {
    std::size_t count = 0;
    for (auto const &entry : std::filesystem::directory_iterator(std::filesystem::path(ICHOR_FUZZ_CORPUS) / folder)) {
        INFO(entry.path().string());
        std::ifstream file(entry.path(), std::ios::binary);
        REQUIRE(file);
        std::string const input{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        CHECK_NOTHROW(target(input));
        ++count;
    }
    CHECK(count > 10);
}

} // namespace

TEST_CASE("Corpus: requests that the fuzzer found keep every rule", "[fuzz]") { replay("requests", fuzzRequests); }
TEST_CASE("Corpus: responses that the fuzzer found keep every rule", "[fuzz]") { replay("responses", fuzzResponses); }
TEST_CASE("Corpus: chunked bodies that the fuzzer found keep every rule", "[fuzz]") { replay("chunked_bodies", fuzzChunkedBodies); }

TEST_CASE("Corpus: a rule that is broken is told", "[fuzz]") { CHECK_THROWS_AS(require(false, "a rule"), FuzzFault); }
