#include <ichor/event_queues/Inbox.h>

#include <event_queues/FailingAllocation.h>
#include <event_queues/ScriptedProcessor.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Detail;
using Ichor::Testing::Numbered;

namespace {

struct Owning final : EventOf<Owning> {
    explicit Owning(std::shared_ptr<int> v) noexcept : value(std::move(v)) {}
    std::shared_ptr<int> value;
};

template <class E, class... Args>
Inbox::Delivery deliver(Inbox &inbox, Priority priority, Args &&...args) {
    E event(std::forward<Args>(args)...);
    EventAccess::describe(event, DESCRIPTOR_OF<E, Accounting::COUNTED>, 0, ServiceId{1}, priority);
    return inbox.deliver(event);
}

std::vector<int> drain(EventStore &store) {
    std::vector<int> numbers;
    while (Event *event = store.front()) {
        numbers.push_back(static_cast<Numbered *>(event)->number);
        store.popFront();
    }
    return numbers;
}

/// An inbox and the store of its owner, which may hold memory of the inbox and so has to be cleared before that goes.
class InboxFixture {
public:
    ~InboxFixture() { store.clear(); }
    EventStore store;
    Inbox inbox;
};

} // namespace

TEST_CASE("Inbox: only the first delivery since the owner looked has to ring", "[inbox]") {
    InboxFixture fixture;
    for (int round = 0; round < 3; ++round) {
        CHECK(deliver<Numbered>(fixture.inbox, DEFAULT_PRIORITY, 1).isFirst);
        CHECK_FALSE(deliver<Numbered>(fixture.inbox, DEFAULT_PRIORITY, 2).isFirst);
        CHECK(fixture.inbox.empty(fixture.store));
    }
    CHECK(drain(fixture.store) == std::vector<int>{1, 2, 1, 2, 1, 2});
}

TEST_CASE("Inbox: each event gets an id of its own, larger than the one before and odd, whichever way it takes", "[inbox]") {
    InboxFixture fixture;
    std::uint64_t last = 0;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 3; ++i) {
            std::uint64_t const id = deliver<Numbered>(fixture.inbox, DEFAULT_PRIORITY, i).id;
            CHECK(id > last);
            CHECK(id % 2 == 1);
            CHECK(fixture.inbox.lastDelivered() == id);
            last = id;
        }
        CHECK(fixture.inbox.empty(fixture.store));
        CHECK(drain(fixture.store) == std::vector<int>{0, 1, 2});
        CHECK(fixture.inbox.lastDelivered() == last);
    }
}

TEST_CASE("Inbox: one that is closed takes nothing, and gives what it had", "[inbox]") {
    InboxFixture fixture;
    deliver<Numbered>(fixture.inbox, DEFAULT_PRIORITY, 1);
    fixture.inbox.close();
    CHECK(deliver<Numbered>(fixture.inbox, DEFAULT_PRIORITY, 2).id == 0);
    CHECK(fixture.inbox.size() == 1);
    CHECK(fixture.inbox.empty(fixture.store));
    CHECK(drain(fixture.store) == std::vector<int>{1});
}

TEST_CASE("Inbox: events stay in order, whichever way each of them takes", "[inbox]") {
    InboxFixture fixture;
    int next = 0;
    for (int batch : {1, 1, 2, 1, 300, 1, 5, 5'000, 1, 1}) {
        for (int i = 0; i < batch; ++i) deliver<Numbered>(fixture.inbox, DEFAULT_PRIORITY, next++);
        CHECK(fixture.inbox.size() == static_cast<std::size_t>(batch));
        CHECK(fixture.inbox.empty(fixture.store));
        CHECK(fixture.inbox.size() == 0);
        fixture.inbox.tidy();
    }
    std::vector<int> numbers = drain(fixture.store);
    CHECK(numbers.size() == static_cast<std::size_t>(next));
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
}

TEST_CASE("Inbox: a sole event waits when there is no memory to take it, and those behind it do too", "[inbox]") {
    InboxFixture fixture;
    deliver<Numbered>(fixture.inbox, DEFAULT_PRIORITY, 1);
    deliver<Numbered>(fixture.inbox, DEFAULT_PRIORITY, 2);
    {
        Testing::NoMemory none;
        bool hasAll = fixture.inbox.empty(fixture.store);
        if (hasAll) std::abort();
    }
    CHECK(fixture.inbox.size() == 2);
    deliver<Numbered>(fixture.inbox, DEFAULT_PRIORITY, 3);
    CHECK(fixture.inbox.empty(fixture.store));
    CHECK(drain(fixture.store) == std::vector<int>{1, 2, 3});
}

TEST_CASE("Inbox: what is left is destroyed with it", "[inbox]") {
    auto value = std::make_shared<int>(1);
    {
        InboxFixture fixture;
        for (int i = 0; i < 3; ++i) deliver<Owning>(fixture.inbox, DEFAULT_PRIORITY, value);
        CHECK(value.use_count() == 4);
    }
    CHECK(value.use_count() == 1);
}

TEST_CASE("InboxLock: lets one in at a time", "[inbox]") {
    InboxLock lock;
    long count = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20'000; ++i) {
                std::lock_guard guard(lock);
                count = count + 1;
                if (i % 1'000 == 0) std::this_thread::yield(); // others give up looking, and sleep
            }
        });
    }
    for (std::thread &thread : threads) thread.join();
    CHECK(count == 160'000);
}
