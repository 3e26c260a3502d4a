#include "CutRequests.h"
#include "Leftovers.h"
#include "RequestText.h"

#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/services/http/HttpBodyStream.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <ctime>

#include <sys/resource.h>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

/// While it lives, the process may have a thousand descriptors at the most.
class FewDescriptors {
public:
    FewDescriptors() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &_before) == 0);
        rlimit const few{std::min<rlim_t>(_before.rlim_cur, 1000), _before.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    }
    FewDescriptors(FewDescriptors const &) = delete;
    FewDescriptors &operator=(FewDescriptors const &) = delete;
    ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &_before); }

private:
    rlimit _before{};
};

#ifdef __SANITIZE_ADDRESS__
constexpr bool IS_SANITIZED = true;
#else
constexpr bool IS_SANITIZED = false;
#endif

constexpr std::size_t PAGE_BYTES = 16 * 1024;
constexpr auto POST_ENDLESS = "POST /gate HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n";

/// A host, and what its handlers hold at the moment.
struct Victim {
    explicit Victim(Properties properties = {})
        : server([this](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) { addRoutes(host, routes); },
                 std::move(properties)) {}

    void addRoutes(IHttpHostService &host, std::vector<HttpRouteRegistration> &routes) {
        routes.push_back(host.addRoute(HttpMethod::get, "/probe", [] { return HttpResponse::text("probe"); }));
        routes.push_back(host.addRoute(HttpMethod::post, "/echo", [](HttpRequest &request) { return HttpResponse::text(request.body()); }));
        routes.push_back(host.addRoute(HttpMethod::get, "/page", [this] {
            ++pages;
            return HttpResponse::text(std::string(PAGE_BYTES, 'x'));
        }));
        routes.push_back(host.addRoute(HttpMethod::get, "/stream", [this] { return HttpResponse::stream(endless()); }));
        routes.push_back(host.addRoute(
            HttpMethod::post, "/gate",
            [this](HttpRequest &request) -> Task<HttpResponse> {
                Counted const counted(alive);
                co_await gate;
                std::size_t size = 0;
                for (;;) {
                    auto const part = co_await request.nextPart();
                    if (!part) co_return HttpResponse::badRequest(part.error().message());
                    if (part->empty()) co_return HttpResponse::text(std::to_string(size));
                    size += part->size();
                }
            },
            HttpBodyMode::STREAMED));
    }

    AsyncGenerator<std::string> endless() {
        Counted const counted(alive);
        for (;;) co_yield std::string(10'000, 'x');
    }

    void openGate() {
        server.onThread([this](DependencyManager &) { gate.set(); });
    }

    bool isServing() {
        TestClient client = server.connect();
        client.send(getOf("/probe"));
        return client.readResponse().ends_with("\r\n\r\nprobe");
    }

    /// Nothing is left of its peers, nor of itself once it has stopped.
    void checkFreed() {
        CHECK(server.becomesEmpty());
        CHECK(alive == 0);
        server.stop();
        CHECK(server.exitStatus == 0);
    }

    std::atomic<int> alive{0};
    std::atomic<int> pages{0};
    AsyncManualResetEvent gate; // the host's thread's
    HostFixture server;
};

/// Sends the text over and over until the socket takes no more, although the host had every chance to read. How much that is.
std::size_t fill(TestClient &client, std::string_view text, CutSender &sender) {
    std::size_t all = 0;
    // What the host has read already may still take room until it is acknowledged, which Linux does after 40 ms at the latest.
    for (int refusals = 0; refusals < 10;) {
        ssize_t const sent = client.sendSome(text.substr(all % text.size()));
        REQUIRE(sent >= 0);
        all += static_cast<std::size_t>(sent);
        refusals = sent == 0 ? refusals + 1 : 0;
        if (sent == 0) REQUIRE(sender.waitForHost());
        if (sent == 0 && client.hasRoomWithin(60ms)) refusals = 0;
    }
    return all;
}

} // namespace

TEST_CASE("Host: hundreds of peers that send a byte now and then are dropped in time, and others are served meanwhile", "[http]") {
    NoDescriptorLeft const check;
    Victim victim({{"HeaderTimeout", 300ms}, {"BodyTimeout", 300ms}, {"BodyBytesPerSecond", 1'000'000}, {"HeaderBytes", 10'000'000}});
    {
        std::vector<std::pair<TestClient, std::string>> slow;
        for (int i = 0; i < 100; ++i) {
            slow.emplace_back(victim.server.connect(), "GET / HTTP/1.1\r\nX: ");
            slow.emplace_back(victim.server.connect(), "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
            slow.emplace_back(victim.server.connect(), "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n700000\r\n");
        }
        CutSender sender(victim.server);
        for (auto &[client, begun] : slow) client.send(begun);
        // Until the host has given all of them up: a peer learns of that when its byte is answered by a reset, or by the status.
        for (bool isAnyLeft = true; isAnyLeft;) {
            REQUIRE(sender.waitForHost());
            isAnyLeft = false;
            for (auto &[client, begun] : slow) {
                if (client.hasInput()) continue;
                isAnyLeft = true;
                client.send("a");
            }
        }
        for (auto &[client, begun] : slow) {
            INFO(begun);
            CHECK(client.readAll().starts_with("HTTP/1.1 408 "));
        }
    }
    victim.checkFreed();
}

TEST_CASE("Host: who ends its input in the middle of a request is let go, and who has sent all of it is answered", "[http]") {
    NoDescriptorLeft const check;
    Victim victim;
    for (std::string_view begun :
         {"", "G", "GET /probe HTTP/1.1\r\nHost: h\r\n", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhell",
          "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"}) {
        INFO(begun);
        TestClient client = victim.server.connect();
        client.send(begun);
        client.endInput();
        CHECK(client.readAll().empty());
        CHECK_FALSE(client.hasTimedOut());
    }
    TestClient whole = victim.server.connect();
    whole.send(getOf("/page") + getOf("/page"));
    whole.endInput();
    CHECK(whole.readAll().size() > 2 * PAGE_BYTES);
    TestClient parts = victim.server.connect();
    parts.send(std::string(POST_ENDLESS) + "some");
    parts.endInput();
    victim.openGate();
    CHECK(parts.readAll().ends_with("\r\n\r\nconnection closed by the peer"));
    victim.checkFreed();
}

TEST_CASE("Host: a peer that does not read its answers is no longer read from, and gets all of them once it reads", "[http]") {
    NoDescriptorLeft const check;
    Victim victim({{"SendTimeout", 1h}});
    CutSender sender(victim.server);
    TestClient client;
    client.limitBuffers(16 * 1024);
    client.connect(victim.server.port);
    std::string const request = "GET /page HTTP/1.1\r\nHost: h\r\nX: " + std::string(1000, 'x') + "\r\n\r\n";
    std::size_t const sent = fill(client, request, sender);
    // What the kernel holds for one connection at the most, and what the host holds itself; far more was asked for.
    auto const answered = static_cast<std::size_t>(victim.pages);
    CHECK(answered * PAGE_BYTES < 8U * 1024 * 1024);
    CHECK(sent / request.size() > answered);

    client.endInput();
    std::size_t const whole = sent / request.size();
    std::size_t answers = 0;
    for (; answers < whole; ++answers) {
        if (client.readResponse().size() < PAGE_BYTES) break;
    }
    CHECK(answers == whole);
    CHECK(client.isClosedByServer());
    sender.close();
    victim.checkFreed();
}

TEST_CASE("Host: a body that its handler does not read is not read from the peer either", "[http]") {
    NoDescriptorLeft const check;
    Victim victim;
    CutSender sender(victim.server);
    TestClient client;
    client.limitBuffers(16 * 1024);
    client.connect(victim.server.port);
    client.send(POST_ENDLESS);
    std::size_t const sent = fill(client, std::string(65'536, 'x'), sender);
    CHECK(sent < 2'000'000);
    CHECK(victim.alive == 1);
    victim.openGate();
    client.send(std::string(2'000'000 - sent, 'x'));
    CHECK(client.readResponse().ends_with("\r\n\r\n2000000"));
    client.close();
    sender.close();
    victim.checkFreed();
}

TEST_CASE("Host: peers that never read are dropped in time, with the streams and bodies that they hold", "[http]") {
    NoDescriptorLeft const check;
    Victim victim({{"SendTimeout", 200ms}, {"BodyTimeout", 200ms}});
    {
        std::vector<TestClient> clients(60);
        for (std::size_t i = 0; i < clients.size(); ++i) {
            clients[i].limitBuffers(16 * 1024);
            clients[i].connect(victim.server.port);
            if (i % 3 == 0) clients[i].send(getOf("/stream"));
            if (i % 3 == 1) clients[i].send(POST_ENDLESS);
            for (int page = 0; i % 3 == 2 && page < 600; ++page) (void)clients[i].sendSome(getOf("/page"));
        }
        victim.openGate();
        CHECK(victim.isServing());
        CHECK(victim.server.becomesEmpty()); // while the peers are still there
    }
    victim.checkFreed();
}

TEST_CASE("Host: who goes on sending after a refusal is cut off in time", "[http]") {
    NoDescriptorLeft const check;
    Victim victim;
    std::vector<TestClient> clients;
    for (std::string_view begun : {"GET / HTTP/1.1\r\nHost: h\r\nX: ", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;",
                                   "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
                                   "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n"}) {
        clients.push_back(victim.server.connect());
        clients.back().send(begun);
    }
    CutSender sender(victim.server);
    std::string const more(10'000, 'a');
    while (!clients.empty()) {
        std::erase_if(clients, [&more](TestClient &client) { return client.sendSome(more) < 0; });
        REQUIRE(sender.waitForHost());
    }
    sender.close();
    victim.checkFreed();
}

TEST_CASE("Host: without descriptors to accept with, it serves those whom it has, waits without haste, and then takes the others",
          "[http]") {
    NoDescriptorLeft const check;
    if (IS_SANITIZED) {
        WARN("left out: a sanitizer needs descriptors of its own, to look at types");
        return;
    }
    FewDescriptors const few; // before the host listens: a kernel that accepts by itself takes the limit of that time
    Victim victim;
    {
        TestClient served = victim.server.connect();
        served.send(getOf("/probe"));
        CHECK(served.readResponse().ends_with("probe"));
        std::vector<TestClient> waiting(20);
        auto const processorTime = [&victim] {
            return victim.server.onThread([](DependencyManager &) {
                timespec time{};
                ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
                return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
            });
        };
        // From here on the process has none left.
        std::vector<int> taken;
        for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) taken.push_back(fd);
        bool const isOut = errno == EMFILE;

        for (TestClient &client : waiting) client.connect(victim.server.port);
        for (TestClient &client : waiting) client.send(getOf("/probe"));
        int answers = 0; // checked later: the test's own tools may need a descriptor
        for (int i = 0; i < 100; ++i) {
            served.send(getOf("/probe"));
            if (served.readResponse().ends_with("probe")) ++answers;
        }
        auto const usedBefore = processorTime();
        std::this_thread::sleep_for(300ms); // a host that tries again and again would use most of it
        auto const used = processorTime() - usedBefore;
        std::size_t const connections = victim.server.connectionCount();

        for (int const fd : taken) ::close(fd);
        CHECK(isOut);
        CHECK(answers == 100);
        CHECK(used < 60ms);
        CHECK(connections == 1);
        for (TestClient &client : waiting) CHECK(client.readResponse().ends_with("\r\n\r\nprobe"));
        served.send(getOf("/probe"));
        CHECK(served.readResponse().ends_with("probe"));
    }
    victim.checkFreed();
}
