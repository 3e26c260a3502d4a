#include <ichor/services/http/DeadlineWheel.h>

#include <event_queues/ScriptedProcessor.h>

#include <ichor/event_queues/VirtualTimeQueue.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <vector>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

constexpr Duration TICK = 100ms;

/// What the wheel counts its ticks with. After 2^32 of them it begins anew, for which no test can wait.
std::uint32_t Detail::DeadlineWheel::*tickCounter();

// An explicit instantiation may name what is private.
template <std::uint32_t Detail::DeadlineWheel::*Member>
struct TickCounter {
    friend std::uint32_t Detail::DeadlineWheel::*tickCounter() { return Member; }
};
template struct TickCounter<&Detail::DeadlineWheel::_now>;

class WheelFixture {
public:
    explicit WheelFixture(std::uint32_t firstTick = 0) {
        wheel.*tickCounter() = firstTick;
        queue.runUntilIdle();
    }
    WheelFixture(WheelFixture const &) = delete;
    WheelFixture &operator=(WheelFixture const &) = delete;
    ~WheelFixture() {
        processor.finish();
        queue.runUntilIdle();
    }

    [[nodiscard]] Duration time() const { return queue.now() - start; }
    void advance(Duration duration) { queue.advance(duration); }

    VirtualTimeQueue queue;
    ScriptedProcessor &processor{ScriptedProcessor::of(queue)};
    TimePoint start{queue.now()};
    int ticks{0};
    Detail::DeadlineWheel wheel{queue, TICK, [this] { ++ticks; }};
};

/// Writes down when it came, and does what the test says.
class TestDeadline final : public Detail::CoarseDeadline {
public:
    explicit TestDeadline(WheelFixture &fixture) : _fixture(fixture) {}
    ~TestDeadline() override = default;

    void onDeadline() noexcept override {
        came.push_back(_fixture.time());
        if (then) then();
    }
    void set(Duration after) { _fixture.wheel.set(*this, after); }
    void clear() { _fixture.wheel.clear(*this); }

    /// It came once, not before that time, and at most two ticks after it.
    [[nodiscard]] bool cameAround(Duration time) const { return came.size() == 1 && came[0] >= time && came[0] <= time + 2 * TICK; }

    std::vector<Duration> came;
    std::function<void()> then;

private:
    WheelFixture &_fixture;
};

} // namespace

TEST_CASE("DeadlineWheel: no deadline is early, and none is late by more than two ticks, beyond the width of the wheel too", "[http]") {
    for (Duration const after : {Duration{1}, TICK - 1ns, TICK, TICK + 1ns, 62 * TICK, 63 * TICK, 64 * TICK, 65 * TICK, 127 * TICK,
                                 128 * TICK, 129 * TICK, 1000 * TICK + 1ns}) {
        INFO(after.count() << " ns");
        WheelFixture fixture;
        TestDeadline deadline(fixture);
        deadline.set(after);
        fixture.advance(after - 1ns);
        CHECK(deadline.came.empty());
        fixture.advance(2 * TICK + 1ns);
        CHECK(deadline.cameAround(after));
        fixture.advance(200 * TICK);
        CHECK(deadline.came.size() == 1);
    }
}

TEST_CASE("DeadlineWheel: the same holds for deadlines that are set between two ticks", "[http]") {
    WheelFixture fixture;
    TestDeadline other(fixture);
    other.set(10'000 * TICK); // keeps it going
    for (Duration const before : {Duration{1}, TICK / 2, TICK - 1ns}) {
        TestDeadline deadline(fixture);
        fixture.advance(before);
        Duration const due = fixture.time() + 3 * TICK;
        deadline.set(3 * TICK);
        fixture.advance(5 * TICK);
        CHECK(deadline.cameAround(due));
    }
}

TEST_CASE("DeadlineWheel: one that is moved comes at its new time alone, whether that is earlier or later", "[http]") {
    WheelFixture fixture;
    TestDeadline earlier(fixture);
    TestDeadline muchEarlier(fixture);
    TestDeadline later(fixture);
    TestDeadline muchLater(fixture);
    TestDeadline laterAndEarlier(fixture);
    earlier.set(50 * TICK);
    muchEarlier.set(500 * TICK);
    later.set(10 * TICK);
    muchLater.set(10 * TICK);
    laterAndEarlier.set(20 * TICK);
    fixture.advance(5 * TICK);
    earlier.set(10 * TICK);
    muchEarlier.set(10 * TICK);
    later.set(20 * TICK);
    muchLater.set(300 * TICK);
    laterAndEarlier.set(100 * TICK);
    laterAndEarlier.set(50 * TICK);
    fixture.advance(600 * TICK);
    CHECK(earlier.cameAround(15 * TICK));
    CHECK(muchEarlier.cameAround(15 * TICK));
    CHECK(later.cameAround(25 * TICK));
    CHECK(muchLater.cameAround(305 * TICK));
    CHECK(laterAndEarlier.cameAround(55 * TICK));
}

TEST_CASE("DeadlineWheel: one that is moved with every tick never comes, and comes when that ends", "[http]") {
    WheelFixture fixture;
    TestDeadline deadline(fixture);
    for (int i = 0; i < 300; ++i) {
        deadline.set(2 * TICK);
        fixture.advance(TICK);
    }
    CHECK(deadline.came.empty());
    fixture.advance(10 * TICK);
    CHECK(deadline.cameAround(301 * TICK));
}

TEST_CASE("DeadlineWheel: one that is cleared or destroyed does not come, and can be set again", "[http]") {
    WheelFixture fixture;
    TestDeadline deadline(fixture);
    {
        TestDeadline shortLived(fixture);
        shortLived.set(10 * TICK);
    }
    deadline.set(10 * TICK);
    fixture.advance(5 * TICK);
    deadline.clear();
    deadline.clear();
    fixture.advance(100 * TICK);
    CHECK(deadline.came.empty());
    // Although what it had before lay elsewhere.
    deadline.set(20 * TICK);
    deadline.clear();
    deadline.set(30 * TICK);
    fixture.advance(100 * TICK);
    CHECK(deadline.cameAround(135 * TICK));
}

TEST_CASE("DeadlineWheel: a deadline that sets itself again when it comes, comes again, however far ahead", "[http]") {
    for (Duration const after : {Duration{1}, TICK, 63 * TICK, 64 * TICK, 200 * TICK}) {
        INFO(after.count() << " ns");
        WheelFixture fixture;
        TestDeadline deadline(fixture);
        deadline.then = [&] {
            if (deadline.came.size() < 4) deadline.set(after);
        };
        deadline.set(after);
        fixture.advance(4 * after + 10 * TICK);
        REQUIRE(deadline.came.size() == 4);
        Duration before{};
        for (Duration const at : deadline.came) {
            CHECK(at - before >= after);
            CHECK(at - before <= after + 2 * TICK);
            before = at;
        }
    }
}

TEST_CASE("DeadlineWheel: a deadline that sets and clears itself when it comes, does not come again", "[http]") {
    WheelFixture fixture;
    TestDeadline deadline(fixture);
    deadline.then = [&] {
        deadline.set(TICK);
        deadline.clear();
    };
    deadline.set(TICK);
    fixture.advance(100 * TICK);
    CHECK(deadline.came.size() == 1);
}

TEST_CASE("DeadlineWheel: what comes at the same time may be moved, cleared and destroyed by the one that comes first", "[http]") {
    WheelFixture fixture;
    TestDeadline first(fixture);
    TestDeadline cleared(fixture);
    TestDeadline later(fixture);
    TestDeadline muchLater(fixture);
    TestDeadline again(fixture);
    TestDeadline last(fixture);
    auto destroyed = std::make_unique<TestDeadline>(fixture);
    first.then = [&] {
        cleared.clear();
        destroyed.reset();
        later.set(5 * TICK);
        muchLater.set(100 * TICK);
        again.clear();
        again.set(TICK);
    };
    for (TestDeadline *const one : {&first, &cleared, destroyed.get(), &later, &muchLater, &again, &last}) one->set(10 * TICK);
    fixture.advance(200 * TICK);
    REQUIRE(first.cameAround(10 * TICK));
    Duration const now = first.came[0];
    CHECK(cleared.came.empty());
    CHECK(later.cameAround(now + 5 * TICK));
    CHECK(muchLater.cameAround(now + 100 * TICK));
    CHECK(again.cameAround(now + TICK));
    CHECK(last.came == first.came);
}

TEST_CASE("DeadlineWheel: one that comes may clear another of the next slot, and of the slot that lies as far ahead as can be", "[http]") {
    WheelFixture fixture;
    TestDeadline first(fixture);
    TestDeadline next(fixture);
    TestDeadline farthest(fixture);
    first.set(10 * TICK);
    next.set(11 * TICK);
    farthest.set(73 * TICK);
    first.then = [&] {
        next.clear();
        farthest.clear();
    };
    fixture.advance(200 * TICK);
    CHECK(first.cameAround(10 * TICK));
    CHECK(next.came.empty());
    CHECK(farthest.came.empty());
}

TEST_CASE("DeadlineWheel: deadlines come in time while the count of ticks begins anew", "[http]") {
    WheelFixture fixture(std::numeric_limits<std::uint32_t>::max() - 20);
    TestDeadline before(fixture);
    TestDeadline beyond(fixture);
    TestDeadline farBeyond(fixture);
    TestDeadline earlier(fixture);
    TestDeadline later(fixture);
    before.set(10 * TICK);
    beyond.set(30 * TICK);
    farBeyond.set(300 * TICK);
    earlier.set(300 * TICK);
    later.set(10 * TICK);
    fixture.advance(5 * TICK);
    earlier.set(5 * TICK); // back from behind the beginning
    later.set(95 * TICK);  // and on to there
    fixture.advance(500 * TICK);
    CHECK(before.cameAround(10 * TICK));
    CHECK(beyond.cameAround(30 * TICK));
    CHECK(farBeyond.cameAround(300 * TICK));
    CHECK(earlier.cameAround(10 * TICK));
    CHECK(later.cameAround(100 * TICK));
}

TEST_CASE("DeadlineWheel: one that was set half the count of ticks ago can be set again", "[http]") {
    WheelFixture fixture;
    TestDeadline deadline(fixture);
    deadline.set(TICK);
    fixture.advance(10 * TICK);
    for (std::uint32_t const tick : {0x8000'0000U, 0x8000'0001U, 0x8000'0003U, 0xffff'ffffU}) {
        deadline.came.clear();
        fixture.wheel.*tickCounter() = tick;
        Duration const now = fixture.time();
        deadline.set(3 * TICK);
        fixture.advance(10 * TICK);
        CHECK(deadline.cameAround(now + 3 * TICK));
    }
}

TEST_CASE("DeadlineWheel: its timer stops with its last deadline, and begins again with the next one", "[http]") {
    WheelFixture fixture;
    TestDeadline deadline(fixture);
    CHECK_FALSE(fixture.wheel.isArmed());
    deadline.set(3 * TICK);
    CHECK(fixture.wheel.isArmed());
    fixture.advance(10 * TICK);
    CHECK(deadline.cameAround(3 * TICK));
    CHECK_FALSE(fixture.wheel.isArmed());
    int const ticks = fixture.ticks;
    fixture.advance(1000 * TICK);
    CHECK(fixture.ticks == ticks);

    deadline.came.clear();
    fixture.advance(TICK / 3);
    Duration const now = fixture.time();
    deadline.set(3 * TICK);
    CHECK(fixture.ticks == ticks + 1); // what ticks renew has had none for a while
    fixture.advance(10 * TICK);
    CHECK(deadline.cameAround(now + 3 * TICK));
    CHECK_FALSE(fixture.wheel.isArmed());

    deadline.set(3 * TICK);
    deadline.clear();
    fixture.advance(2 * TICK);
    CHECK_FALSE(fixture.wheel.isArmed());
}

TEST_CASE("DeadlineWheel: after a stall nobody is hurried through several ticks at once", "[http]") {
    WheelFixture fixture;
    TestDeadline deadline(fixture);
    deadline.set(10 * TICK);
    fixture.advance(TICK);
    int const ticks = fixture.ticks;
    fixture.queue.letPass(100 * TICK);
    fixture.queue.runUntilIdle();
    CHECK(fixture.ticks == ticks + 1);
    CHECK(deadline.came.empty()); // so it can be moved in time
    fixture.advance(8 * TICK);
    CHECK(deadline.came.empty());
    fixture.advance(2 * TICK);
    CHECK(deadline.came.size() == 1);
}

TEST_CASE("DeadlineWheel: of many that are set, moved and cleared at random, each comes when it was last told to", "[http]") {
    constexpr Duration NEVER = Duration::max();
    WheelFixture fixture(std::numeric_limits<std::uint32_t>::max() - 5'000);
    std::mt19937 random(1); // the same ones each time
    auto const below = [&random](std::uint32_t bound) { return static_cast<std::int64_t>(random() % bound); };
    std::vector<std::unique_ptr<TestDeadline>> deadlines;
    std::vector<Duration> due(50, NEVER);
    for (std::size_t i = 0; i < due.size(); ++i) {
        TestDeadline &one = *deadlines.emplace_back(std::make_unique<TestDeadline>(fixture));
        one.then = [&, i] {
            CHECK(fixture.time() >= due[i]);
            due[i] = NEVER;
        };
    }
    std::size_t moved = 0;
    for (int step = 0; step < 50'000; ++step) {
        auto const i = static_cast<std::size_t>(below(50));
        if (below(4) == 0) {
            deadlines[i]->clear();
            due[i] = NEVER;
        } else {
            Duration const after = 1ns + Duration{below(4) == 0 ? below(2'000'000'000) * 15 : below(1'000'000'000)};
            if (due[i] != NEVER) ++moved;
            due[i] = fixture.time() + after;
            deadlines[i]->set(after);
        }
        fixture.advance(Duration{below(50'000'000)});
        for (Duration const one : due) REQUIRE((one == NEVER || fixture.time() <= one + 2 * TICK));
    }
    CHECK(moved > 1'000);
    CHECK(fixture.wheel.*tickCounter() < 10'000); // it went round
    fixture.advance(400 * TICK);
    CHECK(std::count(due.begin(), due.end(), NEVER) == 50);
    CHECK_FALSE(fixture.wheel.isArmed());
}
