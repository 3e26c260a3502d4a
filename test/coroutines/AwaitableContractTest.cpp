// The coroutines' own operations keep the contract of all that can be awaited.
#include <coroutines/CoroutineFixture.h>
#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/coroutines/AsyncGenerator.h>
#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/AsyncSingleThreadedMutex.h>
#include <ichor/coroutines/Sleep.h>
#include <ichor/coroutines/WhenAll.h>
#include <ichor/coroutines/WithTimeout.h>
#include <ichor/coroutines/YieldNow.h>

#include <stdexcept>
#include <tuple>
#include <vector>

namespace Ichor::Testing {

using namespace std::chrono_literals;

struct ManualResetDriver : CoroutineFixture {
    Task<void> wait() { co_await event; }
    void complete() { event.set(); }
    AsyncManualResetEvent event;
};

struct AutoResetDriver : CoroutineFixture {
    Task<void> wait() { co_await event; }
    void complete() { event.set(); }
    AsyncAutoResetEvent event;
};

struct MutexDriver : CoroutineFixture {
    Task<void> wait() { auto lock = co_await mutex.lock(); }
    void complete() { held.unlock(); }
    AsyncSingleThreadedMutex mutex;
    AsyncLock held = mutex.tryLock();
};

struct SleepDriver : CoroutineFixture {
    Task<void> wait() { co_await sleepFor(10ms); }
    void complete() { resumer.turnClock(10ms); }
};

struct YieldDriver : CoroutineFixture {
    Task<void> wait() { co_await yieldNow(); }
    void complete() {}
};

struct TimeoutDriver : CoroutineFixture {
    Task<void> wait() {
        auto result = co_await withTimeout(1s, event);
        if (!result) throw result.error();
    }
    void complete() { event.set(); }
    AsyncManualResetEvent event;
};

struct ExpiringDriver : CoroutineFixture {
    using TakesCancelled = std::true_type;
    Task<void> wait() {
        auto result = co_await withTimeout(10ms, event);
        if (result) throw std::logic_error("the event was never set");
    }
    void complete() { resumer.turnClock(10ms); }
    AsyncManualResetEvent event;
};

struct WhenAllDriver : CoroutineFixture {
    Task<void> one() { co_await event; }
    Task<void> wait() { co_await whenAll(one(), event, other, sleepFor(1ns)); }
    void complete() {
        event.set();
        other.set();
        resumer.turnClock(1ns);
    }
    AsyncManualResetEvent event;
    AsyncAutoResetEvent other;
};

struct WhenAllOfVectorDriver : CoroutineFixture {
    Task<void> one() { co_await event; }
    Task<void> wait() {
        std::vector<Task<void>> tasks;
        tasks.push_back(one());
        tasks.push_back(one());
        co_await whenAll(std::move(tasks));
    }
    void complete() { event.set(); }
    AsyncManualResetEvent event;
};

struct GeneratorDriver : CoroutineFixture {
    AsyncGenerator<int> values() {
        co_await event;
        co_yield 1;
    }
    Task<void> wait() {
        auto generator = values();
        co_await generator.next();
    }
    void complete() { event.set(); }
    AsyncManualResetEvent event;
};

struct TaskDriver : CoroutineFixture {
    Task<void> inner(int depth) {
        if (depth != 0) co_return co_await inner(depth - 1);
        co_await event;
    }
    Task<void> wait() { co_await inner(10); }
    void complete() { event.set(); }
    AsyncManualResetEvent event;
};

using AwaitableDrivers = std::tuple<ManualResetDriver, AutoResetDriver, MutexDriver, SleepDriver, YieldDriver, TimeoutDriver,
                                    ExpiringDriver, WhenAllDriver, WhenAllOfVectorDriver, GeneratorDriver, TaskDriver>;

} // namespace Ichor::Testing

#include <coroutines/AwaitableContract.h>
