#include <ichor/services/serialization/Utf8.h>

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>
#include <vector>

using Ichor::Detail::copyUtf8;
using Ichor::Detail::findInvalidUtf8;

namespace {

// The text with so many letters around it, so that it lies at every place within a block.
void checkEverywhere(std::string const &text, std::size_t goodBytes) {
    for (std::size_t before = 0; before < 90; ++before) {
        for (std::size_t behind : {std::size_t{0}, std::size_t{1}, std::size_t{9}}) {
            std::string const whole = std::string(before, 'a') + text + std::string(behind, 'z');
            bool const isGood = goodBytes == text.size();
            std::size_t const good = isGood ? whole.size() : before + goodBytes;
            REQUIRE(findInvalidUtf8(whole) == good);

            // In memory of exactly that size, so that a look or write behind its end is noticed.
            std::vector<char> const exact(whole.begin(), whole.end());
            std::vector<char> copy(whole.size());
            REQUIRE(copyUtf8({exact.data(), exact.size()}, copy.data()) == good);
            REQUIRE((!isGood || copy == exact));
        }
    }
}

} // namespace

TEST_CASE("UTF-8: characters of each length pass, up to their bounds", "[utf8]") {
    for (char const *text : {"", "plain", "\x7f", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "\xE2\x82\xAC\xF0\x9F\x98\x80x\xC3\xA4"}) {
        checkEverywhere(text, std::string(text).size());
    }
    checkEverywhere(std::string(1, '\0'), 1);
}

TEST_CASE("UTF-8: what is too long, too large, a surrogate, cut or out of place is found where it begins", "[utf8]") {
    for (char const *text : {"\x80",
                             "\xBF",
                             "\xC0\x80",
                             "\xC1\xBF",
                             "\xE0\x9F\xBF",
                             "\xED\xA0\x80",
                             "\xED\xBF\xBF",
                             "\xF0\x8F\xBF\xBF",
                             "\xF4\x90\x80\x80",
                             "\xF5\x80\x80\x80",
                             "\xFE",
                             "\xFF",
                             "\xC3",
                             "\xE2\x82",
                             "\xF0\x9F\x98",
                             "\xC3(",
                             "\xE2\x28\xA1",
                             "\xE2\x82\x28",
                             "\xF0\x28\x8C\xBC",
                             "\xF0\x90\x28\xBC",
                             "\xF0\x90\x8C\x28"}) {
        checkEverywhere(text, 0);
    }
    checkEverywhere("\xE2\x82\xAC\xFF", 3);
}
