// One thread runs coroutines, another sets the events that they wait for, at the same moment as they are cancelled. These are the tests to
// run under the thread sanitizer.
#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <coroutines/Opponent.h>
#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/Sleep.h>
#include <ichor/coroutines/WhenAll.h>
#include <ichor/coroutines/WithTimeout.h>

#include <atomic>
#include <optional>
#include <thread>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

constexpr int ROUNDS = 100'000;

template <class Event>
Task<void> passing(Event &event, int &passed) {
    co_await event;
    ++passed;
}

template <class Event>
Task<void> passingInTime(Event &event, int &passed) {
    Expected<void, Cancelled> const result = co_await withTimeout(1h, event);
    if (result) ++passed;
}

template <class Event>
Task<void> passingWithOthers(Event &event, int &passed) {
    co_await whenAll(event, sleepFor(0ns));
    ++passed;
}

template <class Event>
using Waiting = Task<void> (*)(Event &, int &);

/// Each round: a coroutine waits, the opponent sets the event, this thread cancels the scope. It ends once, passed or not.
template <class Event>
void raceAgainstCancel(Waiting<Event> wait) {
    CoroutineFixture loop;
    std::optional<Event> event(std::in_place);
    Scope scope;
    int passed = 0;
    Opponent opponent([&event] { event->set(); });
    for (int round = 1; round <= ROUNDS; ++round) {
        int const passedBefore = passed;
        TestRoot<void> root;
        loop.launch(root, wait(*event, passed), &scope);
        opponent.begin(round);
        for (int i = 0; i < round % 8; ++i) loop.resumer.runOne();
        scope.cancel();
        while (root.isRunning()) {
            if (!loop.resumer.runOne()) std::this_thread::yield();
        }
        if (root.endings != 1 || root.outcome.error != nullptr || !scope.isEmpty()) FAIL("round " << round << " did not end well");
        opponent.awaitDone(round);
        loop.runUntilIdle();
        bool const hasPassed = passed != passedBefore;
        // Nothing is lost: who passed has used it up, else it is still there.
        if (std::is_same_v<Event, AsyncAutoResetEvent> && event->isSet() == hasPassed)
            FAIL("round " << round << " lost or doubled a signal");
        event->reset();
        scope.reopen();
    }
    CHECK(loop.runUntilIdle() == 0);
}

} // namespace

TEST_CASE("Races: an event set on another thread while its waiter is cancelled", "[coroutines][races]") {
    SECTION("manual reset") { raceAgainstCancel<AsyncManualResetEvent>(passing); }
    SECTION("auto reset") { raceAgainstCancel<AsyncAutoResetEvent>(passing); }
}

TEST_CASE("Races: an event set on another thread while withTimeout or whenAll for it is cancelled", "[coroutines][races]") {
    SECTION("withTimeout") { raceAgainstCancel<AsyncManualResetEvent>(passingInTime); }
    SECTION("withTimeout, auto reset") { raceAgainstCancel<AsyncAutoResetEvent>(passingInTime); }
    SECTION("whenAll") { raceAgainstCancel<AsyncManualResetEvent>(passingWithOthers); }
}

TEST_CASE("Races: an event set on another thread while its waiter is destroyed", "[coroutines][races]") {
    CoroutineFixture loop;
    AsyncAutoResetEvent event;
    int passed = 0;
    Opponent opponent([&event] { event.set(); });
    for (int round = 1; round <= ROUNDS; ++round) {
        {
            TestRoot<void> root;
            loop.launch(root, passing(event, passed));
            opponent.begin(round);
            for (int i = 0; i < round % 4; ++i) loop.resumer.runOne();
        }
        opponent.awaitDone(round);
        loop.runUntilIdle();
        event.reset();
    }
    CHECK_FALSE(event.isSet());
}

TEST_CASE("Races: an event without an owner, set on another thread while it is awaited for the first time", "[coroutines][races]") {
    std::atomic<AsyncAutoResetEvent *> target{nullptr};
    Opponent opponent([&target] { target.load()->set(); });
    for (int round = 1; round <= ROUNDS; ++round) {
        AsyncAutoResetEvent event;
        target = &event;
        CoroutineFixture loop;
        int passed = 0;
        TestRoot<void> root;
        opponent.begin(round);
        loop.launch(root, passing(event, passed));
        opponent.awaitDone(round);
        loop.runUntilIdle();
        if (passed != 1) FAIL("round " << round << " lost the signal");
    }
}

TEST_CASE("Races: a bound event may be destroyed by the coroutine that its one setter woke", "[coroutines][races]") {
    CoroutineFixture loop;
    std::atomic<AsyncManualResetEvent *> target{nullptr};
    Opponent opponent([&target] { target.load()->set(); });
    for (int round = 1; round <= ROUNDS; ++round) {
        auto event = std::make_unique<AsyncManualResetEvent>();
        target = event.get();
        TestRoot<void> root;
        loop.launch(root, [](std::unique_ptr<AsyncManualResetEvent> &own) -> Task<void> {
            co_await *own;
            own.reset();
        }(event));
        opponent.begin(round);
        while (root.isRunning()) {
            if (!loop.resumer.runOne()) std::this_thread::yield();
        }
        if (event != nullptr) FAIL("round " << round << " did not end well");
        opponent.awaitDone(round);
    }
}
