// More than one manager, each on its thread.

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <thread>

using namespace Ichor;

namespace {

struct OrderPlaced final : EventOf<OrderPlaced> {
    explicit OrderPlaced(uint64_t number) : order(number) {}
    uint64_t order;
};

std::atomic<std::uint64_t> sumOfOrders{0};
std::atomic<std::uint64_t> originOfOrders{0};

class Counter final {
public:
    Counter(DependencyManager &dm, IService &self) : _handler(dm.registerEventHandler<OrderPlaced>(this, self)) {}
    void handleEvent(OrderPlaced const &event) {
        sumOfOrders += event.order;
        originOfOrders = event.origin().value;
    }

private:
    EventHandlerRegistration _handler;
};

class Idle final {};

/// Talks with the other manager, and then ends both.
class Talker final {
public:
    Talker(DependencyManager &dm, IService &self) {
        auto *const talk = self.getProperties().get<Talk *>("Talk").value();
        self.spawn((*talk)(dm, self));
    }
    using Talk = Task<void>(DependencyManager &, IService &);
};

PriorityQueue *queueOfB = nullptr;
CommunicationChannel *channelOfBoth = nullptr;
DependencyManager *managerB = nullptr;
std::size_t servicesOfB = 0;
bool ranThere = false;
bool resumedHere = false;

Task<void> talk(DependencyManager &dmA, IService &self) {
    CommunicationChannel &channel = *channelOfBoth;
    DependencyManager &dmB = *managerB;
    ServiceId const origin = self.getServiceId();
    channel.sendEventTo<OrderPlaced>(dmB.getId(), origin, 42u);
    channel.broadcastEvent<OrderPlaced>(dmA, origin, 42u);
    size_t n = co_await channel.run(dmB.getId(), [](DependencyManager &dm) { return dm.getServiceCount(); });
    servicesOfB = n;
    ranThere = co_await channel.run(dmB.getId(), [](DependencyManager &dm) { return DependencyManager::current() == &dm; });
    resumedHere = DependencyManager::current() == &dmA;
    dmA.quit();
    queueOfB->quit();
}

} // namespace

TEST_CASE("API: managers send each other events, and run functions on each other's threads", "[api]") {
    CommunicationChannel channel;
    PriorityQueue a;
    PriorityQueue b;
    DependencyManager &dmA = a.createManager();
    DependencyManager &dmB = b.createManager();
    channel.addManager(dmA);
    channel.addManager(dmB);
    channelOfBoth = &channel;
    managerB = &dmB;
    queueOfB = &b;

    dmA.createServiceManager<Counter>(); // hears nothing: it is the sender's
    auto const talker = dmA.createServiceManager<Talker>(Properties{{"Talk", &talk}});
    dmB.createServiceManager<Counter>();
    dmB.createServiceManager<Idle>();
    int statusOfB = -1;
    std::thread thread([&] { statusOfB = b.start(); });
    CHECK(a.start() == 0);
    thread.join();
    CHECK(statusOfB == 0);

    CHECK(sumOfOrders == 84);
    CHECK(originOfOrders == talker.getServiceId().value);
    CHECK(servicesOfB == 2);
    CHECK(ranThere);
    CHECK(resumedHere);
}
