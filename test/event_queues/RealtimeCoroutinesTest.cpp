#include <ichor/Ichor.h>
#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/FrameRecycler.h>
#include <ichor/event_queues/RealtimeQueue.h>
#include <ichor/services/testing/SteadyState.h>

#include <event_queues/RealtimeDeadlines.h>

#include <array>
#include <optional>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;
using Ichor::Detail::FrameRecycler;

namespace {

constexpr int FEW = 3;
constexpr int MANY = 500;

struct Small final : EventOf<Small> {};
struct Large final : EventOf<Large> {};
struct AllWait final : EventOf<AllWait> {};

int mostAtOnce;
std::optional<SteadyStateCounts> counts;

/// Has some handlers wait at once, and when that has gone well many.
class Crowd final {
public:
    Crowd(DependencyManager &dm, IEventQueue &queue, IService &self)
        : _queue(queue), _self(self), _small(dm.registerEventHandler<Small>(this, self)),
          _large(dm.registerEventHandler<Large>(this, self)), _allWait(dm.registerEventHandler<AllWait>(this, self)) {
        push(FEW);
    }

    Task<void> handleEvent(Small const &) {
        ++_waiting;
        co_await _gate;
        leave();
    }
    Task<void> handleEvent(Large const &) {
        std::array<char volatile, 1'500> kept{};
        ++_waiting;
        co_await _gate;
        if (kept[0] != kept[1'499]) std::terminate();
        leave();
    }
    void handleEvent(AllWait const &) {
        mostAtOnce = _waiting;
        _gate.set();
    }

private:
    void push(int ofEach) {
        for (int i = 0; i < ofEach; ++i) {
            _queue.pushEvent<Small>(_self.getServiceId());
            _queue.pushEvent<Large>(_self.getServiceId());
        }
        _queue.pushEvent<AllWait>(_self.getServiceId());
    }
    void leave() {
        if (--_waiting > 0) return;
        _gate.reset();
        if (!_steady) {
            _steady.emplace();
            return push(MANY);
        }
        counts = _steady->counts();
        _queue.pushEvent<QuitEvent>(_self.getServiceId());
    }

    IEventQueue &_queue;
    IService &_self;
    EventHandlerRegistration _small;
    EventHandlerRegistration _large;
    EventHandlerRegistration _allWait;
    AsyncManualResetEvent _gate;
    std::optional<SteadyState> _steady;
    int _waiting = 0;
};

} // namespace

TEST_CASE("RealtimeQueue: as many coroutines as it was made for live at once without an allocation, small and large ones", "[realtime]") {
    RealtimeSettings settings = modest();
    settings.coroutines = 4 * MANY; // what keeps a handler's event and root is of the small sizes too
    RealtimeQueue queue(settings);
    queue.createManager().createServiceManager<Crowd>();
    queue.start();
    CHECK(mostAtOnce == 2 * MANY);
    REQUIRE(counts);
    INFO(counts->toString());
    if (FrameRecycler::keepsFrames()) CHECK(counts->allocations == 0);
}

TEST_CASE("RealtimeQueue: what it took for coroutines it has given back when it has ended", "[realtime]") {
    FrameRecycler::clear();
    RealtimeSettings settings = modest();
    settings.coroutines = 10;
    struct Leave final {
        Leave(IEventQueue &ending, IService &self) { ending.pushEvent<QuitEvent>(self.getServiceId()); }
    };
    for (int round = 0; round < 3; ++round) {
        RealtimeQueue queue(settings);
        queue.createManager().createServiceManager<Leave>();
        queue.start();
    }
    // Of the largest the thread keeps 32 by itself: of 100 that are freed, not more are used again.
    std::array<void *, 100> frames{};
    for (void *&frame : frames) frame = FrameRecycler::allocate(FrameRecycler::LARGEST);
    for (void *frame : frames) FrameRecycler::deallocate(frame, FrameRecycler::LARGEST);
    SteadyState steady;
    for (void *&frame : frames) frame = FrameRecycler::allocate(FrameRecycler::LARGEST);
    SteadyStateCounts const again = steady.counts();
    for (void *frame : frames) FrameRecycler::deallocate(frame, FrameRecycler::LARGEST);
    if (FrameRecycler::keepsFrames()) CHECK(again.allocations == 68);
}
