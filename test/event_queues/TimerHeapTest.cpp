#include <ichor/event_queues/TimerHeap.h>

#include <event_queues/FailingAllocation.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Detail;
using namespace std::chrono_literals;

namespace {

/// All that a heap asks of it is to be there; a timer that goes away while armed asks it to disarm.
class HeapFixture final : public IResumer {
public:
    void post(Wakeup &, Priority) noexcept override {}
    void armTimer(TimerNode &timer, TimePoint deadline) override { heap.arm(timer, deadline); }
    void disarmTimer(TimerNode &timer) noexcept override { heap.disarm(timer); }
    TimePoint now() const noexcept override { return {}; }
    bool isOwnThread() const noexcept override { return true; }
    void postSignal(RemoteSignal &) noexcept override {}
    void withdrawSignal(RemoteSignal &) noexcept override {}

    TimerHeap heap{*this};
};

class SilentTimer final : public TimerNode {
public:
    void wake() noexcept override {}
};

TimePoint at(int milliseconds) { return TimePoint{} + std::chrono::milliseconds(milliseconds); }

} // namespace

TEST_CASE("TimerHeap: timers are due in the order of their deadlines, equal ones in the order of arming", "[timer]") {
    HeapFixture fixture;
    SilentTimer late;
    SilentTimer early;
    SilentTimer second;
    SilentTimer third;
    fixture.heap.arm(late, at(30));
    fixture.heap.arm(second, at(20));
    fixture.heap.arm(early, at(10));
    fixture.heap.arm(third, at(20));
    CHECK(fixture.heap.nextDeadline() == at(10));
    CHECK(fixture.heap.takeDue(at(9)) == nullptr);
    CHECK(fixture.heap.takeDue(at(20)) == &early);
    CHECK(fixture.heap.takeDue(at(20)) == &second);
    CHECK(fixture.heap.takeDue(at(20)) == &third);
    CHECK(fixture.heap.takeDue(at(20)) == nullptr);
    CHECK(late.isArmed());
    CHECK_FALSE(early.isArmed());
    CHECK(early.deadline() == at(10));
    CHECK(fixture.heap.takeDue(at(30)) == &late);
    CHECK(fixture.heap.nextDeadline() == TimePoint::max());
}

TEST_CASE("TimerHeap: arming again moves a timer both ways", "[timer]") {
    HeapFixture fixture;
    SilentTimer a;
    SilentTimer b;
    fixture.heap.arm(a, at(10));
    fixture.heap.arm(b, at(20));
    fixture.heap.arm(a, at(30));
    CHECK(fixture.heap.nextDeadline() == at(20));
    fixture.heap.arm(a, at(5));
    CHECK(fixture.heap.nextDeadline() == at(5));
    CHECK(fixture.heap.size() == 2);
}

TEST_CASE("TimerHeap: a timer that is destroyed is forgotten", "[timer]") {
    HeapFixture fixture;
    SilentTimer stays;
    {
        SilentTimer goes;
        fixture.heap.arm(goes, at(10));
        fixture.heap.arm(stays, at(20));
    }
    CHECK(fixture.heap.size() == 1);
    CHECK(fixture.heap.takeDue(at(100)) == &stays);
}

TEST_CASE("TimerHeap: timers outlive it", "[timer]") {
    SilentTimer timer;
    {
        HeapFixture fixture;
        fixture.heap.arm(timer, at(10));
        CHECK(timer.isArmed());
    }
    CHECK_FALSE(timer.isArmed());
}

TEST_CASE("TimerHeap: without memory arming changes nothing", "[timer]") {
    HeapFixture fixture;
    SilentTimer timer;
    {
        Testing::NoMemory none;
        CHECK_THROWS_AS(fixture.heap.arm(timer, at(1)), std::bad_alloc);
    }
    CHECK_FALSE(timer.isArmed());
    CHECK(fixture.heap.isEmpty());
}

TEST_CASE("TimerHeap: random arming, moving, disarming and expiring agree with sorting", "[timer]") {
    HeapFixture fixture;
    std::mt19937 random(11);
    std::vector<std::unique_ptr<SilentTimer>> timers(1'000);
    for (auto &timer : timers) timer = std::make_unique<SilentTimer>();
    int now = 0;
    for (int step = 0; step < 100'000; ++step) {
        SilentTimer &timer = *timers[random() % timers.size()];
        switch (random() % 4) {
        case 0:
        case 1: fixture.heap.arm(timer, at(now + static_cast<int>(random() % 5'000))); break;
        case 2: fixture.heap.disarm(timer); break;
        default: {
            now += static_cast<int>(random() % 20);
            TimePoint nearest = TimePoint::max();
            for (auto const &each : timers) {
                if (each->isArmed()) nearest = std::min(nearest, each->deadline());
            }
            REQUIRE(fixture.heap.nextDeadline() == nearest);
            TimePoint last{};
            while (TimerNode *due = fixture.heap.takeDue(at(now))) {
                REQUIRE(due->deadline() >= last);
                REQUIRE(due->deadline() <= at(now));
                last = due->deadline();
            }
            if (step % 100 != 3) break;
            for (auto const &each : timers) REQUIRE((!each->isArmed() || each->deadline() > at(now)));
        }
        }
    }
}
