#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <ichor/Config.h>
#include <ichor/Ichor.h>
#include <ichor/dependency_management/RecordMemory.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <set>
#include <stdexcept>
#include <vector>

using namespace Ichor;
using Detail::RecordMemory;

namespace {

constexpr bool KEEPS = !ICHOR_USE_SANITIZERS && !ICHOR_USE_THREAD_SANITIZER;

struct Piece {
    void *at;
    std::size_t size;
};

std::vector<Piece> allocate(RecordMemory &memory, std::size_t count) {
    std::vector<Piece> pieces;
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t const size = 1 + i * 37 % 1500; // some larger than it keeps
        pieces.push_back({memory.allocate(size), size});
        std::memset(pieces.back().at, static_cast<int>(i % 251), size);
    }
    return pieces;
}

bool holdsWhatWasWritten(std::vector<Piece> const &pieces) {
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        auto const *bytes = static_cast<unsigned char const *>(pieces[i].at);
        for (std::size_t at = 0; at < pieces[i].size; ++at) {
            if (bytes[at] != i % 251) return false;
        }
    }
    return true;
}

} // namespace

TEST_CASE("RecordMemory: pieces of every size are aligned, and none overlaps another") {
    RecordMemory memory;
    std::vector<Piece> const pieces = allocate(memory, 20'000); // into slabs
    CHECK(holdsWhatWasWritten(pieces));
    for (Piece const &piece : pieces) {
        REQUIRE(reinterpret_cast<std::uintptr_t>(piece.at) % RecordMemory::ALIGNMENT == 0);
        memory.deallocate(piece.at, piece.size);
    }
}

TEST_CASE("RecordMemory: a manager of a few services holds a few KiB") {
    RecordMemory memory;
    CHECK(memory.bytesHeld() == 0);
    void *const piece = memory.allocate(400);
    CHECK(memory.bytesHeld() <= 4096);
    memory.deallocate(piece, 400);
}

TEST_CASE("RecordMemory: what was freed serves the next of that size, so that coming and going costs no memory") {
    if (!KEEPS) return; // under sanitizers each is an allocation of its own
    RecordMemory memory;
    std::vector<void *> pieces;
    for (int i = 0; i < 1000; ++i) pieces.push_back(memory.allocate(400));
    std::size_t const held = memory.bytesHeld();
    for (int round = 0; round < 100; ++round) {
        for (std::size_t i = 0; i < 500; ++i) memory.deallocate(pieces[i], 400);
        for (std::size_t i = 0; i < 500; ++i) pieces[i] = memory.allocate(390);
    }
    CHECK(memory.bytesHeld() == held);
    CHECK(std::set<void *>(pieces.begin(), pieces.end()).size() == pieces.size());
    for (void *piece : pieces) memory.deallocate(piece, 400);
    CHECK(memory.bytesHeld() == 0);
}

namespace {

struct IThing {
protected:
    ~IThing() = default;
};

class Refuses final : public AdvancedService<Refuses> {
public:
    Refuses(DependencyRegister &reg, Properties properties) : AdvancedService(std::move(properties)) {
        for (int i = 0; i < 7; ++i) reg.registerDependency<IThing>(this, DependencyFlags::NONE);
        throw std::runtime_error("no");
    }
    void addDependencyInstance(IThing &, IService &) {}
    void removeDependencyInstance(IThing &, IService &) {}
};

/// Needs more than the memory of records is aligned for.
class alignas(64) Wide final : public IThing {
public:
    explicit Wide(IEventQueue &queue) {
        isAligned = reinterpret_cast<std::uintptr_t>(this) % 64 == 0;
        queue.pushEvent<QuitEvent>(ServiceId{});
    }
    static inline bool isAligned = false;
};

} // namespace

TEST_CASE("RecordMemory: a service whose constructor throws leaves its memory to the next") {
    PriorityQueue queue;
    DependencyManager &manager = queue.createManager();
    for (int i = 0; i < 1000; ++i) REQUIRE_THROWS_WITH(manager.createServiceManager<Refuses>(), "no");
    Wide::isAligned = false;
    manager.createServiceManager<Wide, IThing>();
    CHECK(queue.start() == 0);
    CHECK(Wide::isAligned);
}
