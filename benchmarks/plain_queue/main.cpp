// The queue that one writes by hand first: events on the heap, in a multimap by priority, under a mutex with a condition variable, and
// four look-ups in hash tables to dispatch each. It is the unit of the other benchmarks' results, since it carries them from one
// machine, and one noisy minute, to another.

#include "../common/Suite.h"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

struct PlainEvent {
    PlainEvent(std::uint64_t eventId, std::uint64_t eventType, std::string_view eventName, std::uint64_t from, std::uint64_t when)
        : id(eventId), type(eventType), name(eventName), origin(from), priority(when) {}
    PlainEvent(PlainEvent const &) = delete;
    PlainEvent &operator=(PlainEvent const &) = delete;
    virtual ~PlainEvent() = default;

    std::uint64_t id;
    std::uint64_t type;
    std::string_view name;
    std::uint64_t origin;
    std::uint64_t priority;
};

struct EmptyEvent final : PlainEvent {
    static constexpr std::uint64_t TYPE = 0x9e3779b97f4a7c15;
    EmptyEvent(std::uint64_t eventId, std::uint64_t from, std::uint64_t when) : PlainEvent(eventId, TYPE, "EmptyEvent", from, when) {}
};

class PlainQueue final {
public:
    void push(std::uint64_t priority, std::unique_ptr<PlainEvent> event) {
        std::lock_guard const lock{_mutex};
        _events.emplace(priority, std::move(event));
        _wakeup.notify_all();
    }

    [[nodiscard]] std::shared_ptr<PlainEvent> pop() {
        std::unique_lock lock{_mutex};
        _wakeup.wait(lock, [this] { return !_events.empty(); });
        auto const first = _events.begin();
        std::shared_ptr<PlainEvent> event = std::move(first->second);
        _events.erase(first);
        return event;
    }

private:
    std::mutex _mutex;
    std::condition_variable _wakeup;
    std::multimap<std::uint64_t, std::unique_ptr<PlainEvent>> _events; // guarded by _mutex
};

/// Looks for who wants an event, and finds nobody.
class Dispatcher final {
public:
    void dispatch(PlainEvent const &event) {
        _found +=
            _interceptors.count(event.type) + _interceptorsOfAll.count(0) + _handlers.count(event.type) + _completions.count(event.origin);
        ++_dispatched;
    }

    [[nodiscard]] std::uint64_t dispatched() const { return _dispatched; }
    [[nodiscard]] std::uint64_t found() const { return _found; }

private:
    using Table = std::unordered_map<std::uint64_t, std::vector<int>>;
    // Each holds something, as it would in a program that does something.
    Table _interceptors{{1, {}}};
    Table _interceptorsOfAll{{1, {}}};
    Table _handlers{{1, {}}, {2, {}}, {3, {}}};
    Table _completions{{1, {}}};
    std::uint64_t _dispatched = 0;
    std::uint64_t _found = 0;
};

void run(std::uint64_t count) {
    PlainQueue queue;
    Dispatcher dispatcher;
    for (std::uint64_t i = 0; i < count; ++i) queue.push(1000, std::make_unique<EmptyEvent>(i, 7, 1000));
    for (std::uint64_t i = 0; i < count; ++i) dispatcher.dispatch(*queue.pop());
    Benchmarks::require(dispatcher.dispatched() == count && dispatcher.found() == 0, "not all events were dispatched to nobody");
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite(
        {.name = "plain_queue", .operation = "event", .defaultCount = 5'000'000, .memory = Benchmarks::Memory::KEPT_FOR_EACH}, argc, argv);
    suite.measure("", suite.count(), [&] { run(suite.count()); });
    return suite.finish();
}
