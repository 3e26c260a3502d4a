// A host and a client, on every kind of queue that watches descriptors.

#include <ichor/Ichor.h>
#include <ichor/event_queues/BoostAsioQueue.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/http/HttpConnectionService.h>
#include <ichor/services/http/HttpHostService.h>
#include <ichor/services/serialization/RapidJsonSerializer.h>

#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <utility>

using namespace Ichor;
using namespace std::string_literals;

namespace {

struct Order {
    std::uint64_t id = 0;
    std::string item;
};

} // namespace

template <>
struct Ichor::JsonFields<Order> {
    static constexpr auto FIELDS = std::tuple{JsonField{"id", &Order::id}, JsonField{"item", &Order::item}};
};

namespace {

class Orders final {
public:
    Orders(IHttpHostService &host, ISerializer<Order> &serializer, DependencyManager &dm) : _serializer(serializer) {
        _route = host.addRoute(HttpMethod::post, "/users/{id}", [this](HttpRequest &request) -> Task<HttpResponse> {
            auto order = _serializer.deserialize(request.body());
            if (!order) co_return HttpResponse::badRequest(order.error().message());
            co_return HttpResponse::json(_serializer.serialize(*order));
        });
        _ping = host.addRoute(HttpMethod::get, "/ping/{id}", [](HttpRequest &request) {
            return HttpResponse::text(std::string(request.param("id")) + "|" + std::string(request.header("Accept").value_or("none")) +
                                      "|" + std::string(request.query("page").value_or("none")));
        });
        _echo = host.addRoute(HttpMethod::get, "/ping", [](HttpRequest &request) {
            return HttpResponse::text(std::string(request.header("Accept").value_or("none")));
        });
        dm.createServiceManager<HttpConnectionService, IHttpConnectionService>(
            Properties{{"Address", "127.0.0.1"s}, {"Port", uint16_t{host.port()}}});
    }

private:
    ISerializer<Order> &_serializer;
    HttpRouteRegistration _route;
    HttpRouteRegistration _ping;
    HttpRouteRegistration _echo;
};

std::function<Task<void>(IHttpConnectionService &)> conversation;

/// Has the conversation of the test, and ends the program.
class Caller final {
public:
    Caller(IHttpConnectionService &client, DependencyManager &dm, IService &self) { self.spawn(call(client, dm)); }

private:
    static Task<void> call(IHttpConnectionService &client, DependencyManager &dm) {
        co_await conversation(client);
        dm.quit();
    }
};

template <class Queue>
void run(std::function<Task<void>(IHttpConnectionService &)> of) {
    conversation = std::move(of);
    Queue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<HttpHostService, IHttpHostService>(Properties{{"Address", "127.0.0.1"s}, {"Port", uint16_t{0}}});
    dm.createServiceManager<RapidJsonSerializer<Order>, ISerializer<Order>>();
    dm.createServiceManager<Orders>();
    dm.createServiceManager<Caller>();
    CHECK(queue.start(CaptureSigInt) == 0);
}

} // namespace

TEMPLATE_TEST_CASE("API: a client sends with the headers of the call, and gets the answer", "[api]", PriorityQueue, BoostAsioQueue) {
    std::string body;
    run<TestType>([&body](IHttpConnectionService &client) -> Task<void> {
        auto response = co_await client.send(HttpMethod::get, "/ping", {{"Accept", "application/json"}});
        if (response) body = response->body();
    });
    CHECK(body == "application/json");
}

TEMPLATE_TEST_CASE("API: the send of the first snippet may be repeated, with several headers, and with none", "[api]", PriorityQueue,
                   BoostAsioQueue) {
    std::string bodies;
    run<TestType>([&bodies](IHttpConnectionService &client) -> Task<void> {
        for (int i = 0; i < 3; ++i) {
            auto response = co_await client.send(HttpMethod::get, "/ping/" + std::to_string(i) + "?page=7",
                                                 {{"X-Long", "a value that is longer than a short string"}, {"Accept", "text/plain"}});
            CHECK(response.has_value());
            if (response) bodies += std::string(response->body()) + ";";
        }
        auto response = co_await client.send(HttpMethod::get, "/ping");
        if (response) bodies += response->body();
    });
    CHECK(bodies == "0|text/plain|7;1|text/plain|7;2|text/plain|7;none");
}

TEMPLATE_TEST_CASE("API: a route answers with its serializer, or says what is wrong with the request", "[api]", PriorityQueue,
                   BoostAsioQueue) {
    std::string good;
    std::string contentType;
    std::string bad;
    HttpStatus status{};
    run<TestType>([&](IHttpConnectionService &client) -> Task<void> {
        HttpHeaders headers{{"Content-Type", "application/json"}};
        auto response = co_await client.send(HttpMethod::post, "/users/3", headers, R"({"id": 3, "item": "tea"})");
        CHECK(response.has_value());
        if (response) {
            good = response->body();
            contentType = response->header("Content-Type").value_or("");
        }
        response = co_await client.send(HttpMethod::post, "/users/3", headers, R"({"id": "three"})");
        CHECK(response.has_value());
        if (response) {
            bad = response->body();
            status = response->status();
        }
    });
    CHECK(good == R"({"id":3,"item":"tea"})");
    CHECK(contentType == "application/json");
    CHECK(status == HttpStatus::badRequest);
    CHECK_THAT(bad, Catch::Contains("\"id\" must be an integer"));
}
