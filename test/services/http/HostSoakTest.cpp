#include "CountedMemory.h"
#include "HostFixture.h"
#include "Leftovers.h"
#include "MalformedRequests.h"
#include "RequestText.h"

#include <ichor/coroutines/Sleep.h>
#include <ichor/coroutines/YieldNow.h>
#include <ichor/services/http/HttpBodyStream.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <random>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto IDLE_TIMEOUT = 400ms;

/// A number from outside, to soak for longer or to see a run again.
long setting(char const *name, long otherwise) {
    char const *const text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

/// A host that has every kind of answer, and what its coroutines hold at the moment.
struct SoakedHost {
    SoakedHost()
        : server([this](IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) { addRoutes(host, routes); },
                 {{"HeaderTimeout", 200ms}, {"BodyTimeout", 200ms}, {"SendTimeout", 200ms}, {"IdleTimeout", IDLE_TIMEOUT}}) {}

    void addRoutes(IHttpHostService &host, std::vector<HttpRouteRegistration> &routes) {
        routes.push_back(host.addRoute(HttpMethod::get, "/", [] { return HttpResponse::text("plain"); }));
        routes.push_back(host.addRoute(HttpMethod::post, "/", [](HttpRequest &request) { return HttpResponse::text(request.body()); }));
        routes.push_back(host.addRoute(HttpMethod::get, "/page", [] { return HttpResponse::text(std::string(50'000, 'x')); }));
        routes.push_back(host.addRoute(HttpMethod::get, "/slow", [this]() -> Task<HttpResponse> {
            Counted const counted(alive);
            co_await sleepFor(2ms);
            co_return HttpResponse::text("slow");
        }));
        routes.push_back(host.addRoute(HttpMethod::get, "/long", [this]() -> Task<HttpResponse> {
            Counted const counted(alive);
            co_await sleepFor(100ms);
            co_return HttpResponse::text("long");
        }));
        routes.push_back(host.addRoute(HttpMethod::get, "/stream", [this] { return HttpResponse::stream(parts(30)); }));
        routes.push_back(host.addRoute(HttpMethod::get, "/endless", [this] { return HttpResponse::stream(parts(1'000'000)); }));
        routes.push_back(host.addRoute(
            HttpMethod::post, "/parts",
            [this](HttpRequest &request) -> Task<HttpResponse> {
                Counted const counted(alive);
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

    AsyncGenerator<std::string> parts(int count) {
        Counted const counted(alive);
        for (int i = 0; i < count; ++i) {
            if (i % 4 == 0) co_await yieldNow();
            co_yield std::string(5000, 'x');
        }
    }

    std::atomic<int> alive{0};
    HostFixture server;
};

/// One peer of many: what it still has to send.
struct Peer {
    TestClient client;
    std::string unsent;
};

/// Lets peers do things at random.
class Crowd {
public:
    Crowd(SoakedHost &host, std::uint32_t seed) : _host(host), _random(seed) {
        for (MalformedRequest &one : malformedRequests()) _malformed.push_back(std::move(one.bytes));
    }

    /// For that time at least, and until that many more have connected.
    void actFor(Clock::duration time, int enough) {
        int const before = connections;
        for (auto const end = Clock::now() + time; Clock::now() < end || connections - before < enough;) {
            for (int i = 0; i < 200; ++i) act(_peers[below(_peers.size())]);
            converse();
        }
    }
    void leave() {
        for (auto &peer : _peers) peer.reset();
    }

    int connections{0};
    int conversations{0};

private:
    [[nodiscard]] std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(_random); }

    void act(std::optional<Peer> &peer) {
        if (!peer) return appear(peer);
        std::size_t const dice = below(100);
        if (dice < 55) return send(*peer);
        if (dice < 85) return read(*peer);
        if (dice < 88) return peer->client.endInput();
        if (dice < 91) peer->client.reset();
        if (dice < 94) return peer.reset();
        // or it stalls
    }

    void appear(std::optional<Peer> &peer) {
        ++connections;
        peer.emplace();
        if (below(4) == 0) peer->client.limitBuffers(8 * 1024);
        peer->client.connect(_host.server.port);
        for (std::size_t count = 1 + below(10); count != 0; --count) peer->unsent += anyRequest();
    }

    void send(Peer &peer) {
        std::size_t const size = std::min(peer.unsent.size(), below(3) == 0 ? peer.unsent.size() : 1 + below(100));
        if (size == 0) return;
        ssize_t const sent = peer.client.sendSome(std::string_view(peer.unsent).substr(0, size));
        if (sent > 0) peer.unsent.erase(0, static_cast<std::size_t>(sent));
    }

    static void read(Peer &peer) {
        if (!peer.client.hasInput()) return;
        (void)peer.client.receiveOnce();
    }

    std::string anyRequest() {
        // Small, or more than the host keeps memory for.
        std::string const body(below(10) == 0 ? 20'000 + below(200'000) : below(100), 'b');
        std::string const length = "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        switch (below(14)) {
        case 0: return getOf("/slow");
        case 1: return getOf("/long");
        case 2: return getOf("/stream");
        case 3: return below(5) == 0 ? getOf("/endless") : getOf("/page");
        case 4: return _malformed[below(_malformed.size())];
        case 5: return "POST /parts HTTP/1.1\r\nHost: h\r\n" + length;
        case 6: return "POST /parts HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n";
        case 7: return postWith(length);
        case 8: return postWith("Expect: 100-continue\r\n" + length);
        case 9: return postChunked("3\r\nabc\r\n0\r\nX: y\r\n\r\n");
        case 10: return getOf("/nowhere");
        case 11: return "GET / HTTP/1.0\r\n\r\n";
        case 12: return "HEAD /page HTTP/1.1\r\nHost: h\r\n\r\n";
        default: return getOf("/");
        }
    }

    /// Somebody behaves, and is served whatever the others do.
    void converse() {
        ++conversations;
        auto const begin = Clock::now();
        TestClient client = _host.server.connect();
        client.send(getOf("/slow") + postWith("Content-Length: 3\r\n\r\nabc") + getOf("/page") + getOf("/"));
        bool isServed = client.readResponse().ends_with("\r\n\r\nslow");
        isServed = isServed && client.readResponse().ends_with("\r\n\r\nabc");
        isServed = isServed && client.readResponse().size() > 50'000;
        isServed = isServed && client.readResponse().ends_with("\r\n\r\nplain");
        // On a machine that stood still for so long it was dropped rightly.
        if (Clock::now() - begin < IDLE_TIMEOUT / 4) CHECK(isServed);
        client.reset();
    }

    SoakedHost &_host;
    std::mt19937 _random;
    std::vector<std::string> _malformed;
    std::array<std::optional<Peer>, 64> _peers;
};

} // namespace

// For minutes, and under the sanitizers: soak.sh. ICHOR_SOAK_SECONDS and ICHOR_SOAK_SEED set how long, and what happens.
TEST_CASE("Host: a crowd that connects, sends, stalls, aborts and pipelines at random leaves nothing behind", "[http]") {
    constexpr int ROUNDS = 9;
    constexpr std::size_t FIRST = 4; // in the rounds before it the host takes what it keeps for later
    constexpr int ENOUGH = 1000;     // connections in a round, for what is lost to stand out from that
    auto const seed = static_cast<std::uint32_t>(setting("ICHOR_SOAK_SEED", static_cast<long>(std::random_device{}())));
    auto const time = std::chrono::milliseconds{1000 * setting("ICHOR_SOAK_SECONDS", 3)};
    WARN("ICHOR_SOAK_SEED=" << seed);
    NoDescriptorLeft const check;
    SoakedHost host;
    Crowd crowd(host, seed);
    std::vector<double> growths; // of each round, in pieces of memory a connection
    std::size_t blocks = blocksInUse();
    std::size_t const descriptors = descriptorCount();
    std::string history;
    for (int round = 0; round < ROUNDS; ++round) {
        INFO("round " << round << ", " << crowd.connections << " connections, " << crowd.conversations << " conversations");
        int const before = crowd.connections;
        crowd.actFor(time / ROUNDS, ENOUGH);
        crowd.leave();
        REQUIRE(host.server.becomesEmpty());
        for (int i = 0; host.alive != 0 && i < 6000; ++i) std::this_thread::sleep_for(10ms); // handlers that sleep
        CHECK(host.alive == 0);
        // A kernel that still works on a closed socket gives its descriptor back a little later.
        for (int i = 0; descriptorCount() != descriptors && i < 6000; ++i) std::this_thread::sleep_for(10ms);
        CHECK(descriptorCount() == descriptors);
        std::size_t bytes = 0;
        std::size_t const now = host.server.onThread([&bytes](DependencyManager &) {
            bytes = bytesInUse();
            return blocksInUse();
        });
        growths.push_back((static_cast<double>(now) - static_cast<double>(blocks)) / (crowd.connections - before));
        blocks = now;
        history += " " + std::to_string(blocks) + "/" + std::to_string(bytes);
        CHECK(bytes < 16U * 1024 * 1024);
    }
    WARN(crowd.connections << " connections, " << crowd.conversations
                           << " conversations; pieces/bytes in use after each round:" << history);
    // Not bytes: the buffers that the host keeps for later are few, and soon all there, but go on growing up to their limits for long.
    auto const median = growths.begin() + (FIRST + ROUNDS) / 2;
    std::nth_element(growths.begin() + FIRST, median, growths.end());
    CHECK(*median < 0.02);
    // It can be stopped in the middle of it all, too.
    crowd.actFor(100ms, 0);
    host.server.stop();
    CHECK(host.server.exitStatus == 0);
    CHECK(host.alive == 0);
    crowd.leave();
}
