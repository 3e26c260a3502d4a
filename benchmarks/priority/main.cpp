// The events of the event benchmark, spread over 1, 8, 1,000 and 100,000 distinct priorities: all wait at once, then each is dispatched.

#include "../common/Suite.h"

#include <fmt/format.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>

using namespace Ichor;

namespace {

struct EmptyEvent final : EventOf<EmptyEvent> {};

class Pusher final {
public:
    Pusher(IEventQueue &queue, IService &self) {
        auto const count = self.getProperties().getOr<std::uint64_t>("Count", 0);
        auto const priorities = self.getProperties().getOr<std::uint64_t>("Priorities", 1);
        std::uint64_t place = 0;
        for (std::uint64_t i = 0; i < count; ++i) {
            queue.pushPrioritisedEvent<EmptyEvent>(self.getServiceId(), Priority{1000 + place});
            place = (place + STRIDE) % priorities;
        }
        queue.pushPrioritisedEvent<QuitEvent>(self.getServiceId(), Priority{1000 + priorities});
    }

private:
    static constexpr std::uint64_t STRIDE = 7919; // a prime, so that neighbours in time are not neighbours in priority
};

void run(std::uint64_t count, std::uint64_t priorities) {
    PriorityQueue queue;
    queue.createManager().createServiceManager<Pusher>(Properties{{"Count", count}, {"Priorities", priorities}});
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite(
        {.name = "priority", .operation = "event", .defaultCount = 2'000'000, .memory = Benchmarks::Memory::KEPT_FOR_EACH}, argc, argv);
    for (std::uint64_t priorities : {1U, 8U, 1'000U, 100'000U}) {
        suite.measureSingle(fmt::format("{}", priorities), suite.count(), [&] { run(suite.count(), priorities); });
    }
    return suite.finish();
}
