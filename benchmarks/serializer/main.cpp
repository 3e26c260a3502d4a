// A small message goes to JSON and back five million times, by each of the serializers. MB/s counts its 30 bytes once a round trip.

#include "../common/Suite.h"

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/serialization/BoostJsonSerializer.h>
#include <ichor/services/serialization/RapidJsonSerializer.h>
#include <string>

using namespace Ichor;

namespace {

struct TestMsg {
    std::uint64_t id = 0;
    std::string val;
};

} // namespace

template <>
struct Ichor::JsonFields<TestMsg> {
    static constexpr auto FIELDS = std::tuple{JsonField{"id", &TestMsg::id}, JsonField{"val", &TestMsg::val}};
};

namespace {

constexpr std::string_view JSON = R"({"id":20,"val":"five hundred"})";

class Tripper final {
public:
    Tripper(ISerializer<TestMsg> &serializer, IEventQueue &queue, IService &self) {
        TestMsg const message{20, "five hundred"};
        auto const count = self.getProperties().getOr<std::uint64_t>("Count", 0);
        for (std::uint64_t i = 0; i < count; ++i) {
            auto const bytes = serializer.serialize(message);
            auto const copy = serializer.deserialize(bytes);
            Benchmarks::require(copy && copy->id == message.id && copy->val == message.val && bytes.size() == JSON.size(),
                                "the message came back another one");
        }
        queue.pushEvent<QuitEvent>(self.getServiceId());
    }
};

template <typename Serializer>
void run(std::uint64_t count) {
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<Serializer, ISerializer<TestMsg>>();
    dm.createServiceManager<Tripper>(Properties{{"Count", count}});
    Benchmarks::require(queue.start() == 0, "the queue ended with an error");
}

} // namespace

int main(int argc, char **argv) {
    Benchmarks::Suite suite({.name = "serializer", .operation = "message", .defaultCount = 5'000'000, .payloadBytes = JSON.size()}, argc,
                            argv);
    suite.measure("rapidjson", suite.count(), [&] { run<RapidJsonSerializer<TestMsg>>(suite.count()); });
    suite.measure("boost_json", suite.count(), [&] { run<BoostJsonSerializer<TestMsg>>(suite.count()); });
    return suite.finish();
}
