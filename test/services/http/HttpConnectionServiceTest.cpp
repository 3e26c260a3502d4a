#include "ClientFixture.h"
#include "HostFixture.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

TEST_CASE("Client: requests that follow one another share a connection", "[http]") {
    ScriptedServer server(answerNumber);
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        for (int i = 0; i < 100; ++i) co_await getGives(client, "0");
    });
    server.stop();
    CHECK(server.connectionCount() == 1);
}

TEST_CASE("Client: what it sends is what it was told to", "[http]") {
    std::string received;
    ScriptedServer server([&received](ServerSide &side) {
        received = side.readRequest();
        side.send(answerOf(""));
    });
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        HttpHeaders headers{{"Content-Type", "text/plain"}, {"X-Note", "a\r\nb"}, {"Content-Length", "999"}};
        auto response = co_await client.send(HttpMethod::put, "/a/b?c=d", std::move(headers), HttpBody("hello"));
        CHECK(response.has_value());
    });
    server.stop();
    CHECK(received == "PUT /a/b?c=d HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port) +
                          "\r\nContent-Type: text/plain\r\nX-Note: a  b\r\nContent-Length: 5\r\n\r\nhello");
}

TEST_CASE("Client: many requests at once use so many connections as allowed, and the rest waits for one", "[http]") {
    ScriptedServer server([](ServerSide &side) {
        while (!side.readRequest().empty()) {
            std::this_thread::sleep_for(2ms);
            side.send(answerOf("done"));
        }
    });
    ClientFixture fixture(server.port, {{"Connections", 3}});
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        std::vector<Task<std::string>> requests;
        for (int i = 0; i < 50; ++i) requests.push_back(get(client));
        auto all = whenAll(std::move(requests));
        std::vector<std::string> const answers = co_await all;
        CHECK(answers == std::vector<std::string>(50, "done"));
    });
    server.stop();
    CHECK(server.connectionCount() == 3);
}

TEST_CASE("Client: a server that is not there refuses the connection, each time anew", "[http]") {
    ClientFixture fixture(unusedPort());
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        for (int i = 0; i < 3; ++i) {
            auto response = co_await client.send(HttpMethod::get, "/");
            REQUIRE_FALSE(response.has_value());
            CHECK(response.error() == HttpError::CONNECTION_REFUSED);
            CHECK_THAT(response.error().message(), Catch::StartsWith("connection refused: 127.0.0.1:"));
        }
    });
}

TEST_CASE("Client: a server that does not answer in time is given up", "[http]") {
    std::atomic<bool> isClosed{false};
    ScriptedServer server([&isClosed](ServerSide &side) {
        if (side.number() > 0) return answerNumber(side);
        side.readRequest();
        side.send("HTTP/1.1 200 OK\r\nContent-Le");
        isClosed = side.isClosedByClient();
    });
    ClientFixture fixture(server.port, {{"Timeout", 500ms}});
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        auto response = co_await client.send(HttpMethod::get, "/");
        REQUIRE_FALSE(response.has_value());
        CHECK(response.error() == HttpError::TIMEOUT);
        co_await getGives(client, "1"); // not on the connection where half an answer has come
    });
    server.stop();
    CHECK(isClosed);
}

TEST_CASE("Client: a server that sends without end or pause is given up in time", "[http]") {
    // A header without end, of which each further piece takes longer to take in than to send.
    ScriptedServer server([part = std::string(1'000'000, 'x')](ServerSide &side) {
        side.readRequest();
        side.send("HTTP/1.1 200 OK\r\nX: ");
        while (side.send(part)) {}
    });
    ClientFixture fixture(server.port, {{"Timeout", 200ms}, {"HeaderBytes", std::uint32_t{4'000'000'000}}});
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        auto response = co_await client.send(HttpMethod::get, "/");
        REQUIRE_FALSE(response.has_value());
        CHECK(response.error() == HttpError::TIMEOUT);
    });
}

TEST_CASE("Client: the time that a request waits for a connection counts as well", "[http]") {
    ScriptedServer server([](ServerSide &side) {
        side.readRequest();
        static_cast<void>(side.isClosedByClient());
    });
    ClientFixture fixture(server.port, {{"Timeout", 50ms}, {"Connections", 1}});
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        auto both = whenAll(get(client), get(client));
        auto const [first, second] = co_await both;
        CHECK_THAT(first, Catch::StartsWith("timed out"));
        CHECK_THAT(second, Catch::StartsWith("timed out"));
    });
}

TEST_CASE("Client: a request ends with its caller, and with it the connection", "[http]") {
    std::atomic<bool> isClosed{false};
    std::atomic<bool> hasRequest{false};
    ScriptedServer server([&](ServerSide &side) {
        side.readRequest();
        hasRequest = true;
        isClosed = side.isClosedByClient();
    });
    bool hasEnded = false;
    bool hasGoneOn = false;
    ClientFixture fixture(server.port);
    std::thread stopper([&] {
        while (!hasRequest) std::this_thread::yield();
        fixture.queue.pushEvent<RunFunctionEvent>(ServiceId{}, [&fixture](DependencyManager &dm) { dm.stopService(fixture.callerId); });
        while (!isClosed) std::this_thread::yield();
        fixture.queue.pushEvent<QuitEvent>(ServiceId{});
    });
    fixture.converse([&](IHttpConnectionService &client) -> Task<void> {
        struct End {
            bool &hasEnded;
            ~End() { hasEnded = true; }
        } const end{hasEnded};
        auto response = co_await client.send(HttpMethod::get, "/");
        CHECK_FALSE(response.has_value());
        CHECK(response.error() == HttpError::CANCELLED);
        co_await yieldNow(); // which a cancelled coroutine does not come back from
        hasGoneOn = true;
    });
    stopper.join();
    CHECK(hasEnded);
    CHECK_FALSE(hasGoneOn);
}

TEST_CASE("Client: whoever waits for an answer when the client is removed is told so", "[http]") {
    std::atomic<bool> hasRequest{false};
    ScriptedServer server([&](ServerSide &side) {
        side.readRequest();
        hasRequest = true;
        static_cast<void>(side.isClosedByClient());
    });
    ClientFixture fixture(server.port);
    std::string result;
    fixture.queue.pushEvent<RunFunctionEventAsync>(ServiceId{}, [&](DependencyManager &dm) -> Task<void> {
        auto const started = co_await dm.waitForStarted(fixture.clientId);
        CHECK(started.has_value());
        auto *const client = dm.getService<IHttpConnectionService>(fixture.clientId);
        auto response = co_await client->send(HttpMethod::get, "/");
        result = textOf(response);
        dm.quit();
    });
    std::thread stopper([&] {
        while (!hasRequest) std::this_thread::yield();
        fixture.queue.pushEvent<RemoveServiceEvent>(ServiceId{}, fixture.clientId);
    });
    CHECK(fixture.queue.start() == 0);
    stopper.join();
    CHECK_THAT(result, Catch::StartsWith("cancelled"));
}

TEST_CASE("Client: a connection that the server closed while it was idle is not used again", "[http]") {
    std::atomic<bool> isClosed{false};
    ScriptedServer server([&isClosed](ServerSide &side) {
        side.readRequest();
        side.send(answerOf(std::to_string(side.number())));
        if (side.number() > 0) return;
        std::this_thread::sleep_for(10ms);
        side.close();
        isClosed = true;
    });
    ClientFixture fixture(server.port);
    fixture.converse([&isClosed](IHttpConnectionService &client) -> Task<void> {
        co_await postGives(client, "a", "0");
        while (!isClosed) co_await sleepFor(1ms);
        co_await postGives(client, "b", "1");
    });
    server.stop();
    CHECK(server.connectionCount() == 2);
}

TEST_CASE("Client: a connection that the server closes together with its answer is not used again", "[http]") {
    ScriptedServer server([](ServerSide &side) {
        side.readRequest();
        side.send(answerOf(std::to_string(side.number())));
    });
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        for (int i = 0; i < 20; ++i) {
            co_await postGives(client, "not to be sent twice", std::to_string(i));
            co_await sleepFor(20ms); // the server's farewell has come
        }
    });
}

TEST_CASE("Client: a connection on which more came than was asked for is not used again", "[http]") {
    // So much that the client has read the end of the answer, but not yet all that stands behind it.
    std::string const answer = answerOf(std::string(16384 - 43, 'x')) + answerOf("poison");
    ScriptedServer server([&answer](ServerSide &side) {
        side.readRequest();
        side.send(side.number() == 0 ? answer : answerOf("good"));
        static_cast<void>(side.isClosedByClient());
    });
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        std::string const text = co_await get(client);
        CHECK(text.size() == 16384 - 43);
        co_await getGives(client, "good");
    });
}

TEST_CASE("Client: a request on a connection that the server closes at that moment is sent again if that does no harm", "[http]") {
    std::vector<std::string> requests;
    ScriptedServer server([&requests](ServerSide &side) {
        side.readRequest();
        side.send(answerOf(std::to_string(side.number())));
        if (side.number() > 0) return;
        requests.push_back(side.readRequest()); // and closes without an answer
    });
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        co_await getGives(client, "0");
        co_await getGives(client, "1", "/again");
    });
    server.stop();
    CHECK(requests.size() == 1);
}

TEST_CASE("Client: a POST that may have been done already is not sent again", "[http]") {
    ScriptedServer server([](ServerSide &side) {
        side.readRequest();
        side.send(answerOf("first"));
        side.readRequest();
    });
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        co_await postGives(client, "a", "first");
        std::string const text = co_await post(client, "b");
        CHECK_THAT(text, Catch::StartsWith("connection closed by the peer"));
    });
    server.stop();
    CHECK(server.connectionCount() == 1);
}

TEST_CASE("Client: a connection ends where the server says so", "[http]") {
    ScriptedServer server([](ServerSide &side) {
        side.readRequest();
        side.send(answerOf(std::to_string(side.number()), "Connection: close\r\n"));
        static_cast<void>(side.isClosedByClient());
    });
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        for (int i = 0; i < 3; ++i) co_await getGives(client, std::to_string(i));
    });
}

TEST_CASE("Client: a connection ends where the request says so", "[http]") {
    ScriptedServer server(answerNumber);
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        for (HttpHeaders const &closing : {HttpHeaders{{"Connection", "close"}}, HttpHeaders{{"connection", "x-hop , CLOSE"}},
                                           HttpHeaders{{"Connection", "x-hop"}, {"Connection", "close"}}}) {
            HttpHeaders headers = closing;
            auto response = co_await client.send(HttpMethod::get, "/", std::move(headers));
            CHECK(response.has_value());
        }
        HttpHeaders others{{"Connection", "x-close"}, {"X-Connection", "close"}};
        auto response = co_await client.send(HttpMethod::get, "/", std::move(others));
        CHECK(textOf(response) == "3");
        co_await getGives(client, "3");
    });
}

TEST_CASE("Client: a connection that was switched to another protocol is not used again", "[http]") {
    ScriptedServer server([](ServerSide &side) {
        side.readRequest();
        if (side.number() > 0) return static_cast<void>(side.send(answerOf("1")));
        side.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n");
        if (!side.readRequest().empty()) side.send(answerOf("not the protocol"));
    });
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        HttpHeaders headers{{"Connection", "upgrade"}, {"Upgrade", "other"}};
        auto response = co_await client.send(HttpMethod::get, "/", std::move(headers));
        REQUIRE(response.has_value());
        CHECK(response->status() == HttpStatus::switchingProtocols);
        co_await getGives(client, "1");
    });
}

TEST_CASE("Client: CONNECT is refused before anything is sent", "[http]") {
    ScriptedServer server(answerNumber);
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        auto response = co_await client.send(HttpMethod::connect, "example.org:443");
        REQUIRE_FALSE(response.has_value());
        CHECK(response.error() == HttpError::PROTOCOL);
        CHECK_THAT(response.error().message(), Catch::EndsWith("CONNECT would make a tunnel of the connection"));
    });
    server.stop();
    CHECK(server.connectionCount() == 0);
}

TEST_CASE("Client: answers are whole, however the server sends them", "[http]") {
    CHECK(gets(answerOf("plain")) == "plain");
    CHECK(gets("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") == "abcde");
    CHECK(gets("HTTP/1.1 200 OK\r\n\r\nup to the end") == "up to the end");
    CHECK(gets("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + answerOf("final")) == "final");
    CHECK(gets(answerOf(std::string(3'000'000, 'x'))).size() == 3'000'000);
    CHECK(gets("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops") == "oops"); // a response, and no error
}

TEST_CASE("Client: answers that are none, end too early or are too large are errors", "[http]") {
    CHECK_THAT(gets(""), Catch::StartsWith("connection closed by the peer"));
    CHECK_THAT(gets("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
               Catch::StartsWith("connection closed by the peer: in the middle of a response"));
    CHECK_THAT(gets("SSH-2.0-OpenSSH_9.2\r\n"), Catch::StartsWith("not valid HTTP/1.1"));
    CHECK_THAT(gets("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
               Catch::StartsWith("not valid HTTP/1.1"));
    CHECK_THAT(gets(answerOf(std::string(2000, 'x')), {{"BodyBytes", 1000}}), Catch::StartsWith("too large"));
    CHECK_THAT(gets(answerOf("", "X-Large: " + std::string(5000, 'x') + "\r\n"), {{"HeaderBytes", 4096}}), Catch::StartsWith("too large"));
}

TEST_CASE("Client: an answer that comes before all of the request has gone out is heard, and ends the connection", "[http]") {
    std::string const refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\ntoo much";
    ScriptedServer server([&refusal](ServerSide &side) {
        if (side.number() > 0) return answerNumber(side);
        side.send(refusal); // and reads nothing
        std::this_thread::sleep_for(20ms);
    });
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        co_await postGives(client, std::string(20'000'000, 'x'), "too much");
        co_await getGives(client, "1");
    });
}

TEST_CASE("Client: what a server said before it went is heard although the request cannot go out", "[http]") {
    std::string const refusal = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 8\r\n\r\ntoo much";
    ScriptedServer server([&refusal](ServerSide &side) { side.send(refusal); });
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        for (int i = 0; i < 100; ++i) co_await postGives(client, std::string(5'000'000, 'x'), "too much");
    });
}

TEST_CASE("Client: a large request waits for a server that reads slowly", "[http]") {
    ScriptedServer server([](ServerSide &side) {
        std::this_thread::sleep_for(50ms);
        side.send(answerOf(std::to_string(side.readRequest().size() > 20'000'000 ? 1 : 0)));
    });
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> { co_await postGives(client, std::string(20'000'000, 'x'), "1"); });
}

TEST_CASE("Client: a path that cannot be sent is an error, and not half a request", "[http]") {
    ScriptedServer server(answerNumber);
    ClientFixture fixture(server.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        for (std::string const &path : {std::string(), std::string("/a b"), std::string("/a\r\nX: y"), std::string("/\xc3\xa4")}) {
            std::string const text = co_await get(client, path);
            CHECK_THAT(text, Catch::StartsWith("not valid HTTP/1.1") && Catch::Contains("cannot be the target"));
        }
    });
    server.stop();
    CHECK(server.connectionCount() == 0);
}

TEST_CASE("Client: wrong properties are named by the error", "[http]") {
    TestQueue queue;
    DependencyManager &dm = queue.createManager();
    auto const add = [&dm](Properties properties) {
        return dm.createServiceManager<HttpConnectionService, IHttpConnectionService>(std::move(properties)).getServiceId();
    };
    std::vector<std::pair<ServiceId, std::string>> const all{
        {add({{"Port", 0}}), "property \"Port\" must be from 1 to 65535"},
        {add({{"Port", "http"}}), "property \"Port\" is the text \"http\", but an integer from 0 to 65535 was expected"},
        {add({{"Port", 80}, {"Address", "nowhere.example"}}), "property \"Address\" must be an IPv4 or IPv6 address"},
        {add({{"Port", 80}, {"Timeout", 0ms}}), "property \"Timeout\" must be a length of time above zero"},
        {add({{"Port", 80}, {"Connections", 0}}), "property \"Connections\" must be above zero"},
    };
    std::vector<std::string> explained;
    queue.pushPrioritisedEvent<RunFunctionEvent>(ServiceId{}, Priority{5'000}, [&] {
        for (auto const &[id, why] : all) explained.push_back(dm.explain(id).toString());
        dm.quit();
    });
    CHECK(queue.start() == 0);
    REQUIRE(explained.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) CHECK_THAT(explained[i], Catch::Contains("failed to start: " + all[i].second));
}

TEST_CASE("Client: talks with our own host", "[http]") {
    HostFixture host([](IHttpHostService &server, IService &, std::vector<HttpRouteRegistration> &routes) {
        routes.push_back(
            server.addRoute(HttpMethod::post, "/echo", [](HttpRequest &request) { return HttpResponse::text(request.body()); }));
    });
    ClientFixture fixture(host.port);
    fixture.converse([](IHttpConnectionService &client) -> Task<void> {
        for (std::size_t const size : {0U, 1U, 100'000U, 1'000'000U}) {
            std::string const text(size, 'x');
            HttpHeaders none;
            auto response = co_await client.send(HttpMethod::post, "/echo", none, HttpBody(text));
            CHECK(textOf(response) == text);
        }
        HttpHeaders none;
        auto missing = co_await client.send(HttpMethod::head, "/nothing", none);
        REQUIRE(missing.has_value());
        CHECK(missing->status() == HttpStatus::notFound);
        CHECK(missing->body().empty());
    });
    CHECK(host.connectionCount() <= 1);
}
