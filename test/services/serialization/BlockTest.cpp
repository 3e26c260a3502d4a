#include <ichor/services/serialization/Block.h>

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>
#include <vector>

using namespace Ichor::Detail;

TEST_CASE("Block: finds the first byte that a text of JSON cannot hold, at each place", "[json]") {
    for (int c = 0; c < 256; ++c) {
        bool const isSpecial = c < 0x20 || c == '"' || c == '\\';
        for (std::size_t at = 0; at < Block::SIZE; ++at) {
            std::string bytes(Block::SIZE, 'x');
            bytes[at] = static_cast<char>(c);
            REQUIRE(Block::at(bytes.data()).special().any() == isSpecial);
            REQUIRE(Block::at(bytes.data()).notAscii().any() == (c >= 0x80));
            if (c >= 0x80) REQUIRE(Block::at(bytes.data()).notAscii().first() == at);
            if (!isSpecial) continue;
            REQUIRE(Block::at(bytes.data()).special().first() == at);
            bytes.back() = '"';
            REQUIRE(Block::at(bytes.data()).special().first() == at);
        }
    }
}

TEST_CASE("Block: a short one sees each of its bytes and none around them", "[json]") {
    for (std::size_t size = 4; size < Block::SIZE; ++size) {
        std::vector<char> const plain(size, 'x');
        CHECK_FALSE(Block::ofShort(plain.data(), size).special().any());
        for (std::size_t at = 0; at < size; ++at) {
            std::vector<char> bytes = plain;
            bytes[at] = '\n';
            CHECK(Block::ofShort(bytes.data(), size).special().any());
        }
    }
}

TEST_CASE("Block: few bytes are copied, and not one more", "[json]") {
    std::string const from = "0123456789abcdef";
    for (std::size_t size = 0; size < Block::SIZE; ++size) {
        std::string to(Block::SIZE, '.');
        copyShort(to.data(), from.data(), size);
        CHECK(to == from.substr(0, size) + std::string(Block::SIZE - size, '.'));
    }
}

TEST_CASE("Block: texts are the same when each byte is", "[json]") {
    for (std::size_t size = 0; size < 40; ++size) {
        std::string const one(size, 'x');
        CHECK(isSame(one, std::string(one)));
        CHECK_FALSE(isSame(one, one + "x"));
        for (std::size_t at = 0; at < size; ++at) {
            std::string other = one;
            other[at] = 'y';
            CHECK_FALSE(isSame(one, other));
        }
    }
}
