#include <ichor/event_queues/RealtimeMemory.h>

#include <algorithm>
#include <cstddef>
#include <span>

#include <pthread.h>
#include <sys/mman.h>

#include <catch2/catch.hpp>

using namespace Ichor::Detail;

namespace {

constexpr std::size_t STACK_BYTES = 4 * 1024 * 1024; // the thread sanitizer takes most of a megabyte
constexpr std::size_t BELOW_BYTES = 16 * 1024 * 1024;
constexpr std::byte UNTOUCHED{0x5A};

void *touchMuch(void *) {
    touchStack(12 * 1024 * 1024);
    return nullptr;
}

} // namespace

TEST_CASE("RealtimeQueue: of a stack that is smaller than what it is to touch, it touches most, and nothing below", "[realtime]") {
    void *const memory = ::mmap(nullptr, BELOW_BYTES + STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    std::span<std::byte> const below{static_cast<std::byte *>(memory), BELOW_BYTES};
    std::fill(below.begin(), below.end(), UNTOUCHED);
    pthread_attr_t attributes;
    REQUIRE(::pthread_attr_init(&attributes) == 0);
    REQUIRE(::pthread_attr_setstack(&attributes, below.data() + BELOW_BYTES, STACK_BYTES) == 0);
    pthread_t thread{};
    REQUIRE(::pthread_create(&thread, &attributes, &touchMuch, nullptr) == 0);
    ::pthread_join(thread, nullptr);
    ::pthread_attr_destroy(&attributes);
    CHECK(std::all_of(below.begin(), below.end(), [](std::byte byte) { return byte == UNTOUCHED; }));
    unsigned char isThere = 0;
    CHECK(::mincore(below.data() + BELOW_BYTES + STACK_BYTES / 4, 1, &isThere) == 0);
    CHECK((isThere & 1U) == 1);
    ::munmap(memory, BELOW_BYTES + STACK_BYTES);
}
