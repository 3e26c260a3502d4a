#include <catch2/catch.hpp>
#include <coroutines/CoroutineFixture.h>
#include <ichor/coroutines/AsyncGenerator.h>
#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/IScopeOwner.h>
#include <ichor/coroutines/PlainScopes.h>
#include <ichor/coroutines/WhenAll.h>
#include <ichor/coroutines/YieldNow.h>

#include <deque>
#include <memory>
#include <optional>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

class Observer final : public IScopeObserver {
public:
    void onScopeEmpty(Scope &) noexcept override { ++times; }
    int times = 0;
};

/// A service that others call.
class Provider final : public IScopeOwner {
public:
    Scope *scope() noexcept override { return &inside; }

    Task<int> work() {
        co_await event;
        co_return 1;
    }
    Task<int> immediate() const { co_return 2; }
    Task<int> indirect() { co_return co_await work(); }
    AsyncGenerator<int> values() {
        for (int i = 0;; ++i) co_yield i;
    }

    Scope inside;
    AsyncManualResetEvent event;
};

/// What is only declared may be a coroutine's first argument too.
class OnlyDeclared;
[[maybe_unused]] Task<int> about(OnlyDeclared &) { co_return 3; }

/// The same without a base.
struct PlainProvider {
    explicit PlainProvider() { PlainScopes<PlainProvider>::add(entry); }
    ~PlainProvider() { PlainScopes<PlainProvider>::remove(entry); }
    PlainProvider(PlainProvider const &) = delete;
    PlainProvider &operator=(PlainProvider const &) = delete;

    Task<int> work() const {
        co_await event;
        co_return 1;
    }

    mutable Scope inside;
    mutable AsyncManualResetEvent event;
    Detail::PlainScope entry{.object = this, .scope = &inside};
};

struct Log {
    int cancellations = 0;
    bool hasGoneOn = false;
};

template <class P>
Task<void> calling(P *provider, Log &log) {
    try {
        co_await provider->work();
    } catch (Cancelled const &) {
        ++log.cancellations;
    }
    co_await yieldNow();
    log.hasGoneOn = true;
}

Task<void> turning(int turns) {
    for (int i = 0; i < turns; ++i) co_await yieldNow();
}

} // namespace

TEST_CASE("Scope: counts those that run inside and tells its observer when the last has left", "[coroutines]") {
    CoroutineFixture loop;
    Observer observer;
    Scope scope;
    scope.setObserver(&observer);
    TestRoot<void> roots[3];
    for (int i = 0; i < 3; ++i) loop.launch(roots[i], turning(i + 1), &scope);
    CHECK(scope.size() == 3);
    loop.runUntilIdle();
    CHECK(scope.isEmpty());
    CHECK(observer.times == 1);
}

TEST_CASE("Scope: cancelling ends all inside, and what enters until it is reopened", "[coroutines]") {
    CoroutineFixture loop;
    Observer observer;
    Scope scope;
    scope.setObserver(&observer);
    TestRoot<void> roots[3];
    loop.launch(roots[0], turning(5), &scope);
    loop.launch(roots[1], turning(5), &scope);
    scope.cancel();
    loop.launch(roots[2], turning(5), &scope);
    CHECK(roots[2].wasCancelled());
    loop.runUntilIdle();
    CHECK(roots[0].wasCancelled());
    CHECK(roots[1].wasCancelled());
    CHECK(observer.times == 1);

    scope.reopen();
    TestRoot<void> root;
    loop.launch(root, turning(5), &scope);
    loop.runUntilIdle();
    CHECK(root.hasSucceeded());
}

TEST_CASE("Scope: coroutines may go on for a while after they were cancelled, and may launch others", "[coroutines]") {
    CoroutineFixture loop;
    Scope scope;
    TestRoot<void> farewell;
    TestRoot<void> root;
    loop.launch(
        root,
        [](CoroutineFixture &l, TestRoot<void> &other, Scope &s) -> Task<void> {
            try {
                co_await turning(1);
            } catch (Cancelled const &) {
                l.launch(other, turning(1), &s);
            }
        }(loop, farewell, scope),
        &scope);
    scope.cancel();
    loop.runUntilIdle();
    CHECK(root.hasSucceeded());
    CHECK(farewell.wasCancelled());
    CHECK(scope.isEmpty());
}

TEST_CASE("Scope: a member coroutine is inside its object's scope, whoever calls it", "[coroutines]") {
    CoroutineFixture loop;
    Provider provider;
    Scope callers;
    Log log;
    TestRoot<void> root;
    loop.launch(root, calling(&provider, log), &callers);
    CHECK(provider.inside.size() == 1);
    CHECK(callers.size() == 1);

    SECTION("it leaves when it ends") {
        provider.event.set();
        loop.runUntilIdle();
        CHECK(root.hasSucceeded());
        CHECK(log.cancellations == 0);
    }
    SECTION("cancelled with its object, it throws into the caller, who then goes on undisturbed") {
        provider.inside.cancel();
        CHECK_FALSE(log.hasGoneOn);
        loop.runUntilIdle();
        CHECK(root.hasSucceeded());
        CHECK(log.cancellations == 1);
        CHECK(log.hasGoneOn);
    }
    SECTION("cancelled with its caller, it ends, and so does the caller") {
        callers.cancel();
        loop.runUntilIdle();
        CHECK(root.wasCancelled());
        CHECK(log.cancellations == 1);
        CHECK_FALSE(log.hasGoneOn);
    }
    SECTION("cancelled with both") {
        provider.inside.cancel();
        callers.cancel();
        loop.runUntilIdle();
        CHECK(root.wasCancelled());
        CHECK_FALSE(log.hasGoneOn);
    }
    SECTION("abandoned with its object, it throws Cancelled into the caller, who goes on") {
        provider.inside.abandonAll();
        CHECK(provider.inside.isEmpty());
        CHECK(root.isRunning());
        loop.runUntilIdle();
        CHECK(root.hasSucceeded());
        CHECK(log.cancellations == 1);
        CHECK(log.hasGoneOn);
    }
    SECTION("abandoned with its object, and then its caller too") {
        provider.inside.abandonAll();
        callers.abandonAll();
        CHECK(root.wasCancelled());
        CHECK(loop.runUntilIdle() == 0);
    }
    CHECK(provider.inside.isEmpty());
    CHECK(callers.isEmpty());
}

TEST_CASE("Scope: member coroutines that call each other count each for itself", "[coroutines]") {
    CoroutineFixture loop;
    Provider provider;
    TestRoot<int> root;
    loop.launch(root, provider.indirect());
    CHECK(provider.inside.size() == 2);
    SECTION("completed") {
        provider.event.set();
        loop.runUntilIdle();
        CHECK(root.outcome.value == 1);
    }
    SECTION("cancelled") {
        provider.inside.cancel();
        loop.runUntilIdle();
        CHECK(root.wasCancelled());
    }
    SECTION("abandoned") {
        provider.inside.abandonAll();
        loop.runUntilIdle();
        CHECK(root.wasCancelled());
    }
    CHECK(provider.inside.isEmpty());
}

TEST_CASE("Scope: children of whenAll are inside the providers they call", "[coroutines]") {
    CoroutineFixture loop;
    Provider first;
    Provider second;
    TestRoot<void> root;
    loop.launch(root, [](Provider *a, Provider *b) -> Task<void> { co_await whenAll(a->work(), b->work()); }(&first, &second));
    CHECK(first.inside.size() == 1);
    SECTION("cancelled") { first.inside.cancel(); }
    SECTION("abandoned") { first.inside.abandonAll(); }
    loop.runUntilIdle();
    CHECK(root.wasCancelled());
    CHECK(first.inside.isEmpty());
    CHECK(second.inside.isEmpty());
}

TEST_CASE("Scope: a plain class says where its member coroutines belong through PlainScopes", "[coroutines]") {
    CoroutineFixture loop;
    std::deque<PlainProvider> others(3);
    PlainProvider provider;
    Log log;
    TestRoot<void> root;
    loop.launch(root, calling(&provider, log));
    CHECK(provider.inside.size() == 1);
    CHECK(others.front().inside.isEmpty());
    provider.inside.cancel();
    loop.runUntilIdle();
    CHECK(log.cancellations == 1);
    CHECK(log.hasGoneOn);
    CHECK(provider.inside.isEmpty());
}

TEST_CASE("Scope: a task that was called but not begun when its object was wound down never begins", "[coroutines]") {
    CoroutineFixture loop;
    std::optional<Provider> provider(std::in_place);
    Task<int> calledBefore = provider->immediate();
    CHECK(provider->inside.isEmpty());
    provider->inside.cancel();
    Task<int> calledAfter = provider->immediate();
    provider.reset();
    TestRoot<int> roots[2];
    loop.launch(roots[0], std::move(calledBefore));
    loop.launch(roots[1], [](Task<int> task) -> Task<int> { co_return co_await task; }(std::move(calledAfter)));
    CHECK(roots[0].wasCancelled());
    CHECK(roots[1].wasCancelled());
}

TEST_CASE("Scope: a cancelled one in which somebody still winds down lets calls in, and ends them at their first await", "[coroutines]") {
    CoroutineFixture loop;
    Provider provider;
    TestRoot<int> inside;
    loop.launch(inside, provider.work());
    provider.inside.cancel();
    TestRoot<int> quick;
    loop.launch(quick, provider.immediate());
    CHECK(quick.outcome.value == 2);
    TestRoot<int> slow;
    loop.launch(slow, provider.work());
    CHECK(slow.wasCancelled());
    loop.runUntilIdle();
    CHECK(provider.inside.isEmpty());
}

TEST_CASE("Scope: its observer may hear that it is empty while a self-made coroutine is destroyed", "[coroutines]") {
    CoroutineFixture loop;
    Observer observer;
    Scope scope;
    scope.setObserver(&observer);
    TestRoot<void> root;
    loop.launch(root, turning(1), &scope);
    SECTION("abandoned by its root") { root.abandon(); }
    SECTION("abandoned by the scope") { scope.abandonAll(); }
    CHECK(observer.times == 1);
    CHECK(scope.isEmpty());
}

TEST_CASE("Scope: abandonAll leaves alone the coroutine that calls it", "[coroutines]") {
    CoroutineFixture loop;
    Scope scope;
    TestRoot<void> sleeper;
    loop.launch(sleeper, turning(5), &scope);
    TestRoot<std::size_t> root;
    auto abandoning = [](Scope &s) -> Task<std::size_t> {
        s.abandonAll();
        co_return s.size();
    };
    auto isChild = GENERATE(false, true);
    if (isChild) {
        loop.launch(
            root,
            [](auto &inner, Scope &s) -> Task<std::size_t> {
                auto [size] = co_await whenAll(inner(s));
                co_return size;
            }(abandoning, scope),
            &scope);
    } else {
        loop.launch(root, abandoning(scope), &scope);
    }
    CHECK(sleeper.wasCancelled());
    CHECK(root.outcome.value == 1u);
    CHECK(scope.isEmpty());
}

TEST_CASE("Scope: a generator between two values keeps its object's scope and hears of its cancellation", "[coroutines]") {
    CoroutineFixture loop;
    Provider provider;
    AsyncManualResetEvent event;
    std::vector<int> seen;
    TestRoot<void> root;
    loop.launch(root, [](Provider *p, AsyncManualResetEvent *e, std::vector<int> &out) -> Task<void> {
        auto values = p->values();
        out.push_back(*co_await values.next());
        co_await *e;
        out.push_back(*co_await values.next());
    }(&provider, &event, seen));
    CHECK(provider.inside.size() == 1);
    SECTION("its consumer, which sleeps elsewhere, is cancelled with it") {
        provider.inside.cancel();
        loop.runUntilIdle();
        CHECK(root.wasCancelled());
        CHECK(seen == std::vector<int>{0});
    }
    SECTION("abandoned, it throws Cancelled at the next value") {
        provider.inside.abandonAll();
        CHECK(provider.inside.isEmpty());
        CHECK(root.isRunning());
        event.set();
        loop.runUntilIdle();
        CHECK(root.wasCancelled());
        CHECK(seen == std::vector<int>{0});
    }
    SECTION("it leaves with its consumer") { root.abandon(); }
    CHECK(provider.inside.isEmpty());
}

TEST_CASE("Scope: a generator that outlives its consumer is destroyed with its object's scope", "[coroutines]") {
    CoroutineFixture loop;
    Provider provider;
    AsyncGenerator<int> values = provider.values();
    auto take = [](AsyncGenerator<int> &from) -> Task<int> { co_return *co_await from.next(); };
    {
        TestRoot<int> root;
        loop.launch(root, take(values));
        CHECK(root.outcome.value == 0);
    }
    TestRoot<int> other;
    loop.launch(other, take(values));
    CHECK(other.outcome.value == 1);
    CHECK(provider.inside.size() == 1);
    provider.inside.cancel();
    CHECK(provider.inside.isEmpty());
    TestRoot<int> late;
    loop.launch(late, take(values));
    CHECK(late.wasCancelled());
}

TEST_CASE("Scope: two consumers may share a generator; the one that consumed last is the one that hears", "[coroutines]") {
    CoroutineFixture loop;
    Provider provider;
    AsyncManualResetEvent event;
    AsyncGenerator<int> values = provider.values();
    auto takeAndSleep = [](AsyncGenerator<int> &from, AsyncManualResetEvent &e) -> Task<int> {
        int const value = *co_await from.next();
        co_await e;
        co_return value;
    };
    TestRoot<int> first;
    TestRoot<int> second;
    loop.launch(first, takeAndSleep(values, event));
    loop.launch(second, takeAndSleep(values, event));
    provider.inside.cancel();
    loop.runUntilIdle();
    CHECK(first.isRunning());
    CHECK(second.wasCancelled());
    CHECK(provider.inside.isEmpty());
    event.set();
    loop.runUntilIdle();
    CHECK(first.outcome.value == 0);
}
