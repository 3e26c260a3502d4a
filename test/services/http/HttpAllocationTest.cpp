#include "AllocationCount.h"
#include "HostFixture.h"

#include <ichor/coroutines/YieldNow.h>
#include <ichor/services/serialization/RapidJsonSerializer.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <tuple>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

struct Message {
    std::uint64_t sequence = 0;
};

} // namespace

template <>
struct Ichor::JsonFields<Message> {
    static constexpr auto FIELDS = std::tuple{JsonField{"sequence", &Message::sequence}};
};

namespace {

constexpr int WARM_UP = 200;
constexpr int MEASURED = 1000;

std::string const REQUEST = "POST /ping HTTP/1.1\r\nHost: localhost:8001\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
                            "Content-Length: 15\r\n\r\n{\"sequence\": 2}";

/// A host that answers as a service would, and how often its thread has allocated when it answered last.
class Answering {
public:
    std::uint64_t allocations() const { return _allocations.load(); }
    TestClient connect() const { return _host.connect(); }

private:
    HttpResponse answer(HttpRequest &request) {
        auto const message = _serializer.deserialize(request.body());
        if (!message) return HttpResponse::badRequest(message.error().message());
        _allocations = allocationCount();
        return HttpResponse::json(_serializer.serialize(*message));
    }

    std::atomic<std::uint64_t> _allocations{0};
    RapidJsonSerializer<Message> _serializer;
    HostFixture _host{[this](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
        routes.push_back(host.addRoute(HttpMethod::post, "/ping", [this](HttpRequest &request) { return answer(request); }));
        routes.push_back(host.addRoute(HttpMethod::post, "/later", [this](HttpRequest &request) -> Task<HttpResponse> {
            co_await yieldNow();
            co_return answer(request);
        }));
    }};
};

void exchange(TestClient &client, std::string const &requests, int answers) {
    REQUIRE(client.send(requests));
    for (int i = 0; i < answers; ++i) REQUIRE(client.readResponse().ends_with("{\"sequence\":2}"));
}

void checkNoAllocations(std::string const &requests, int answers) {
    Answering host;
    TestClient client = host.connect();
    for (int i = 0; i < WARM_UP; ++i) exchange(client, requests, answers);
    std::uint64_t const before = host.allocations();
    for (int i = 0; i < MEASURED; ++i) exchange(client, requests, answers);
    CHECK(host.allocations() - before == 0);
}

} // namespace

TEST_CASE("Http: a request is read, answered and sent without an allocation in the long run", "[http][allocations]") {
    checkNoAllocations(REQUEST, 1);
}

TEST_CASE("Http: pipelined requests are answered without an allocation in the long run", "[http][allocations]") {
    checkNoAllocations(REQUEST + REQUEST + REQUEST, 3);
}

TEST_CASE("Http: a coroutine that waits answers without an allocation in the long run", "[http][allocations]") {
    std::string request = REQUEST;
    request.replace(request.find("/ping"), 5, "/later");
    checkNoAllocations(request, 1);
}

TEST_CASE("Http: a request that comes in two pieces is answered without an allocation in the long run", "[http][allocations]") {
    Answering host;
    TestClient client = host.connect();
    auto const run = [&](int times) {
        for (int i = 0; i < times; ++i) {
            // The answer to the first one says that the beginning of the second one has been read.
            exchange(client, REQUEST + REQUEST.substr(0, 70), 1);
            exchange(client, REQUEST.substr(70), 1);
        }
    };
    run(WARM_UP);
    std::uint64_t const before = host.allocations();
    run(MEASURED);
    CHECK(host.allocations() - before == 0);
}
