#include <ichor/services/testing/SteadyState.h>

#include <ichor/Config.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <sys/mman.h>

using namespace Ichor::Testing;

// Not static, and kept apart, so that it has a name and a frame.
[[gnu::noinline]] void *functionThatAllocates(std::size_t size) {
    void *volatile memory = std::malloc(size);
    return memory;
}

namespace {

struct alignas(128) OverAligned {
    char bytes[128];
};

// g++ 12's thread sanitizer tells nobody of the aligned allocations of C.
constexpr std::size_t ALIGNED = ICHOR_USE_THREAD_SANITIZER ? 0 : 1;

template <class Function>
SteadyStateCounts countsOf(Function function) {
    SteadyState steady;
    function();
    return steady.counts();
}

// Where the compiler cannot see that it is freed again unused.
void keep(void *memory) { asm volatile("" : : "r"(memory) : "memory"); }

} // namespace

TEST_CASE("SteadyState: nothing is counted where nothing is done", "[steady_state]") {
    SteadyStateCounts const counts = countsOf([] {});
    CHECK(counts.allocations == 0);
    CHECK(counts.firstAllocation.empty());
    CHECK(counts.toString().find("0 allocations, ") == 0);
}

TEST_CASE("SteadyState: counts each way to allocate, once", "[steady_state]") {
    auto const count = [](auto function) { return countsOf(function).allocations; };
    void *memory = nullptr;
    CHECK(count([&] { keep(memory = std::malloc(10)); }) == 1);
    CHECK(count([&] { keep(memory = std::realloc(memory, 100'000)); }) == 1);
    CHECK(count([&] { std::free(memory); }) == 0);
    CHECK(count([&] { keep(memory = std::calloc(10, 10)); }) == 1);
    std::free(memory);
    CHECK(count([&] { keep(memory = std::aligned_alloc(64, 128)); }) >= ALIGNED);
    std::free(memory);
    CHECK(count([&] { CHECK(::posix_memalign(&memory, 64, 128) == 0); }) >= ALIGNED);
    std::free(memory);
    CHECK(count([&] { keep(memory = ::operator new(10)); }) == 1);
    ::operator delete(memory);
    CHECK(count([&] { keep(memory = ::operator new(10, std::nothrow)); }) == 1);
    ::operator delete(memory);
    CHECK(count([] { keep(std::make_unique<OverAligned>().get()); }) == 1);
    CHECK(count([] { keep(std::make_unique<int[]>(10).get()); }) == 1);
    CHECK(count([] { keep(std::make_shared<std::string>(100, 'x').get()); }) == 2);
}

TEST_CASE("SteadyState: names the stack of the first allocation, and of no other", "[steady_state]") {
    void *first = nullptr;
    SteadyStateCounts const counts = countsOf([&] {
        first = functionThatAllocates(10);
        keep(std::make_unique<int>(1).get());
    });
    std::free(first);
    CHECK(counts.allocations == 2);
    INFO(counts.firstAllocation);
    CHECK(counts.firstAllocation.find("functionThatAllocates(unsigned long)") != std::string::npos);
    CHECK(counts.toString().find("the first allocation:\n  ") != std::string::npos);
}

TEST_CASE("SteadyState: counts what its own thread does, between its beginning and the first question", "[steady_state]") {
    SteadyState steady;
    std::thread other([] { keep(std::make_unique<int>(1).get()); }); // the thread itself takes an allocation or more
    other.join();
    std::uint64_t const before = steady.counts().allocations;
    CHECK(before >= 1);
    CHECK(before < 6);
    keep(std::make_unique<int>(1).get());
    CHECK(steady.counts().allocations == before);

    std::unique_ptr<SteadyStateCounts> inside;
    std::thread([&inside] { inside = std::make_unique<SteadyStateCounts>(countsOf([] {})); }).join();
    CHECK(inside->allocations == 0);
}

TEST_CASE("SteadyState: counts the pages that are touched for the first time", "[steady_state]") {
    constexpr std::size_t PAGES = 64;
    constexpr std::size_t BYTES = PAGES * 4096;
    void *const memory = ::mmap(nullptr, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    ::madvise(memory, BYTES, MADV_NOHUGEPAGE);
    SteadyStateCounts const counts = countsOf([&] {
        for (std::size_t i = 0; i < BYTES; i += 4096) static_cast<char volatile *>(memory)[i] = 1;
    });
    ::munmap(memory, BYTES);
    CHECK(counts.pageFaults() >= PAGES);
}

TEST_CASE("SteadyState: counts the waits", "[steady_state]") {
    SteadyStateCounts const counts = countsOf([] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); });
    CHECK(counts.voluntarySwitches >= 1);
}
