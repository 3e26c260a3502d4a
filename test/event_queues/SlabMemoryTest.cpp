#include <ichor/event_queues/SlabMemory.h>

#include <ichor/Config.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace Ichor::Detail;

namespace {

constexpr std::size_t PAGE_BYTES = 4096;

std::vector<Slab> allocate(std::size_t count) {
    std::vector<Slab> slabs;
    slabs.reserve(count + 16);
    for (std::size_t i = 0; i < count; ++i) {
        slabs.push_back(allocateSlab());
        REQUIRE(slabs.back().region != nullptr);
    }
    return slabs;
}

void freeAll(std::vector<Slab> const &slabs) {
    for (Slab const &slab : slabs) freeSlab(slab);
}

bool isWholly(Slab const &slab, unsigned char value) {
    return std::all_of(slab.memory, slab.memory + SLAB_BYTES, [value](std::byte byte) { return byte == std::byte{value}; });
}

bool isMapped(std::byte *page) {
    unsigned char isThere = 0;
    return ::mincore(page, 1, &isThere) == 0 || errno != ENOMEM;
}

[[maybe_unused]] std::size_t mappedBytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t pages = 0;
    statm >> pages;
    return pages * PAGE_BYTES;
}

// Of the page that begins there, which has to be mapped.
bool isResident(std::byte *page) {
    unsigned char isThere = 0;
    REQUIRE(::mincore(page, 1, &isThere) == 0);
    return (isThere & 1U) != 0;
}

} // namespace

TEST_CASE("SlabMemory: slabs are aligned, apart from each other, and there at once", "[slab]") {
    auto const slabs = allocate(70); // more than one region can hold
    for (std::size_t i = 0; i < slabs.size(); ++i) {
        CHECK(reinterpret_cast<std::uintptr_t>(slabs[i].memory) % SLAB_BYTES == 0);
        CHECK(isResident(slabs[i].memory + SLAB_BYTES - PAGE_BYTES));
        std::memset(slabs[i].memory, static_cast<int>(i), SLAB_BYTES);
    }
    for (std::size_t i = 0; i < slabs.size(); ++i) CHECK(isWholly(slabs[i], static_cast<unsigned char>(i)));
    freeAll(slabs);
}

TEST_CASE("SlabMemory: a slab that is freed gives its memory back, though others of its region are in use", "[slab]") {
    auto slabs = allocate(4);
    // The last two lie in one region: each is as large as all before.
    REQUIRE(slabs[2].region == slabs[3].region);
    std::memset(slabs[3].memory, 1, SLAB_BYTES);
    std::byte *const freed = slabs[2].memory;
    freeSlab(slabs[2]);
    CHECK(isMapped(freed));
    CHECK_FALSE(isResident(freed));
    CHECK(isWholly(slabs[3], 1));

    slabs[2] = allocateSlab();
    CHECK(slabs[2].memory == freed);
    freeAll(slabs);
}

TEST_CASE("SlabMemory: when all slabs are freed, their addresses are given back too, in whatever order they went", "[slab]") {
    auto slabs = allocate(40);
    std::vector<std::byte *> memory;
    for (Slab const &slab : slabs) memory.push_back(slab.memory);
    std::rotate(slabs.begin(), slabs.begin() + 17, slabs.end());
    freeAll(slabs);
    CHECK(std::none_of(memory.begin(), memory.end(), isMapped));
}

TEST_CASE("SlabMemory: memory that is locked goes back as well", "[slab]") {
    auto const slabs = allocate(4);
    REQUIRE(slabs[2].region == slabs[3].region);
    if (::mlock(slabs[2].memory, SLAB_BYTES) != 0) {
        WARN("this user may not lock 2 MiB");
    } else {
        freeSlab(slabs[2]);
        CHECK_FALSE(isResident(slabs[2].memory));
        freeSlab(allocateSlab()); // what is locked can be taken again
        CHECK(::munlock(slabs[2].memory, SLAB_BYTES) == 0);
    }
    for (std::size_t i : {0U, 1U, 3U}) freeSlab(slabs[i]);
}

#if !ICHOR_USE_SANITIZERS && !ICHOR_USE_THREAD_SANITIZER // those need addresses of their own
TEST_CASE("SlabMemory: where addresses are scarce, slabs are had as long as there are some", "[slab]") {
    auto slabs = allocate(16); // the next region would be as large
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
    rlimit const scarce{.rlim_cur = mappedBytes() + 5 * SLAB_BYTES, .rlim_max = before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_AS, &scarce) == 0);
    std::size_t had = 0;
    for (Slab slab = allocateSlab(); slab.region != nullptr; slab = allocateSlab()) {
        slabs.push_back(slab); // there is room
        ++had;
    }
    REQUIRE(::setrlimit(RLIMIT_AS, &before) == 0);
    CHECK(had >= 3); // mapping them aligned takes one more for a moment
    CHECK(had <= 5);
    freeAll(slabs);
}
#endif

TEST_CASE("SlabMemory: the child of a fork takes slabs, whoever was taking one", "[slab]") {
    std::atomic<bool> isOver{false};
    std::thread other([&] {
        while (!isOver) freeSlab(allocateSlab());
    });
    bool hasFailed = false;
    for (int round = 0; round < 20 && !hasFailed; ++round) {
        pid_t const child = ::fork();
        if (child == 0) {
            ::alarm(20);
            Slab const slab = allocateSlab();
            if (slab.region == nullptr) ::_exit(1);
            slab.memory[0] = std::byte{1};
            freeSlab(slab);
            ::_exit(0);
        }
        int status = -1;
        hasFailed = child < 0 || ::waitpid(child, &status, 0) != child || status != 0;
    }
    isOver = true;
    other.join();
    CHECK_FALSE(hasFailed);
}

TEST_CASE("SlabMemory: threads that take and free slabs at once never share one", "[slab]") {
    std::array<bool, 4> isIntact{};
    std::vector<std::thread> threads;
    for (unsigned number = 0; number < isIntact.size(); ++number) {
        threads.emplace_back([number, &intact = isIntact[number]] {
            intact = true;
            for (unsigned round = 0; round < 10; ++round) {
                std::array<Slab, 3> slabs{};
                for (Slab &slab : slabs) {
                    slab = allocateSlab();
                    if (slab.region == nullptr) intact = false;
                    if (!intact) return;
                    for (std::size_t at = 0; at < SLAB_BYTES; at += PAGE_BYTES) slab.memory[at] = std::byte(number + 1);
                }
                for (Slab const &slab : slabs) {
                    for (std::size_t at = 0; at < SLAB_BYTES; at += PAGE_BYTES) {
                        if (slab.memory[at] != std::byte(number + 1)) intact = false;
                    }
                    freeSlab(slab);
                }
            }
        });
    }
    for (std::thread &thread : threads) thread.join();
    CHECK(std::count(isIntact.begin(), isIntact.end(), true) == static_cast<std::ptrdiff_t>(isIntact.size()));
}
