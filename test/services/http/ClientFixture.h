#pragma once

#include "ScriptedServer.h"
#include "TestQueue.h"

#include <ichor/Ichor.h>
#include <ichor/services/http/HttpConnectionService.h>

#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <utility>

namespace Ichor::Testing {

using Talk = std::function<Task<void>(IHttpConnectionService &)>;

/// Has the talk of the test.
class Caller final {
public:
    Caller(IHttpConnectionService &client, IService &self) {
        auto *const talk = self.getProperties().get<Talk *>("Talk").value();
        self.spawn((*talk)(client));
    }
};

/// A manager with a client of that port and a service that talks with it, on the thread of the test.
class ClientFixture {
public:
    explicit ClientFixture(std::uint16_t port, Properties properties = {}) {
        properties.insert_or_assign("Port", port);
        clientId = dm.createServiceManager<HttpConnectionService, IHttpConnectionService>(std::move(properties));
    }

    /// Runs the talk, and ends with it.
    void converse(Talk of) {
        Talk talk = [this, of = std::move(of)](IHttpConnectionService &client) -> Task<void> {
            co_await of(client);
            dm.quit();
        };
        callerId = dm.createServiceManager<Caller>(Properties{{"Talk", &talk}});
        CHECK(queue.start() == 0);
    }

    TestQueue queue;
    DependencyManager &dm = queue.createManager();
    ServiceId clientId;
    ServiceId callerId;
};

inline std::string textOf(Expected<HttpResponse, HttpError> const &response) {
    return response ? std::string(response->body()) : response.error().message();
}

inline Task<std::string> get(IHttpConnectionService &client, std::string path = "/") {
    auto response = co_await client.send(HttpMethod::get, std::move(path));
    co_return textOf(response);
}

inline Task<std::string> post(IHttpConnectionService &client, std::string body) {
    auto response = co_await client.send(HttpMethod::post, "/", HttpHeaders{}, HttpBody(std::move(body)));
    co_return textOf(response);
}

// No co_await stands inside a CHECK: the macro names its expression twice, and g++ 12 then awaits twice.
inline Task<void> getGives(IHttpConnectionService &client, std::string expected, std::string path = "/") {
    std::string const text = co_await get(client, std::move(path));
    CHECK(text == expected);
}

inline Task<void> postGives(IHttpConnectionService &client, std::string body, std::string expected) {
    std::string const text = co_await post(client, std::move(body));
    CHECK(text == expected);
}

/// Answers every request with the number of the connection that it came on.
inline void answerNumber(ServerSide &side) {
    while (!side.readRequest().empty()) side.send(answerOf(std::to_string(side.number())));
}

inline std::uint16_t unusedPort() {
    ScriptedServer server([](ServerSide &) {});
    return server.port;
}

/// What a client of a server that says `text` and closes gets for a GET.
inline std::string gets(std::string text, Properties properties = {}) {
    ScriptedServer server([&text](ServerSide &side) {
        side.readRequest();
        side.send(text);
    });
    ClientFixture fixture(server.port, std::move(properties));
    std::string result;
    fixture.converse([&result](IHttpConnectionService &client) -> Task<void> { result = co_await get(client); });
    return result;
}

} // namespace Ichor::Testing
