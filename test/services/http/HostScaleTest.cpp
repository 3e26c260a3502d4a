#include "HostFixture.h"
#include "RequestText.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

using namespace Ichor;
using namespace Ichor::Testing;
using namespace std::chrono_literals;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t MOST_CONNECTIONS = 2'000;
#else
constexpr std::size_t MOST_CONNECTIONS = 20'000;
#endif
constexpr std::size_t OTHER_DESCRIPTORS = 100; // what a process has beside its connections

/// While it lives, the process may have as many descriptors as the hard limit allows.
class ManyDescriptors {
public:
    ManyDescriptors() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &_before) == 0);
        rlimit const many{_before.rlim_max, _before.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &many) == 0);
    }
    ManyDescriptors(ManyDescriptors const &) = delete;
    ManyDescriptors &operator=(ManyDescriptors const &) = delete;
    ~ManyDescriptors() { ::setrlimit(RLIMIT_NOFILE, &_before); }

    [[nodiscard]] std::size_t connections() const {
        return std::min(MOST_CONNECTIONS, static_cast<std::size_t>(_before.rlim_max) - OTHER_DESCRIPTORS);
    }

private:
    rlimit _before{};
};

/// One number at a time from one process to another.
class Pipe {
public:
    Pipe() { REQUIRE(::pipe(_ends) == 0); }
    Pipe(Pipe const &) = delete;
    Pipe &operator=(Pipe const &) = delete;
    ~Pipe() {
        ::close(_ends[0]);
        ::close(_ends[1]);
    }

    void tell(std::uint64_t number) const { (void)!::write(_ends[1], &number, sizeof(number)); }

    /// Nothing when none comes within four minutes.
    [[nodiscard]] std::optional<std::uint64_t> hear() const {
        std::uint64_t number = 0;
        pollfd waiting{_ends[0], POLLIN, 0};
        if (::poll(&waiting, 1, 240'000) != 1 || ::read(_ends[0], &number, sizeof(number)) != sizeof(number)) return {};
        return number;
    }

private:
    int _ends[2]{};
};

/// Clients in a process of their own, with its own limit of descriptors. Each step begins when it is told to.
///
/// Made while the test has no other thread.
class ClientProcess {
public:
    explicit ClientProcess(std::size_t connections) : _id(::fork()) {
        if (_id == 0) live(connections);
        REQUIRE(_id > 0);
    }
    ClientProcess(ClientProcess const &) = delete;
    ClientProcess &operator=(ClientProcess const &) = delete;
    ~ClientProcess() {
        ::kill(_id, SIGKILL);
        ::waitpid(_id, nullptr, 0);
    }

    /// How many are connected.
    std::optional<std::uint64_t> connect(std::uint16_t port) { return step(port); }
    /// Sends one request on each; how many were answered with 200 and the right body.
    std::optional<std::uint64_t> ask() { return step(0); }

private:
    std::optional<std::uint64_t> step(std::uint64_t order) {
        _orders.tell(order);
        return _results.hear();
    }

    [[noreturn]] void live(std::size_t connections) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        try {
            std::vector<TestClient> clients;
            clients.reserve(connections);
            auto const port = static_cast<std::uint16_t>(_orders.hear().value());
            for (std::size_t i = 0; i < connections; ++i) connectFrom(clients.emplace_back(), i, port);
            _results.tell(clients.size());
            while (_orders.hear()) _results.tell(askOnEach(clients));
        } catch (...) {
            _results.tell(0);
        }
        ::_exit(0);
    }

    /// From many addresses in turn: the kernel takes long to find a port that is free where most of an address's are taken.
    static void connectFrom(TestClient &client, std::size_t i, std::uint16_t port) {
        int const on = 1;
        ::setsockopt(client.descriptor(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(i % 20));
        (void)::bind(client.descriptor(), reinterpret_cast<sockaddr *>(&address), sizeof(address));
        client.connect(port);
    }

    static std::uint64_t askOnEach(std::vector<TestClient> &clients) {
        for (std::size_t i = 0; i < clients.size(); ++i) clients[i].send(getOf("/" + std::to_string(i)));
        std::uint64_t answered = 0;
        for (std::size_t i = 0; i < clients.size(); ++i) {
            std::string const response = clients[i].readResponse();
            bool const isRight = response.starts_with("HTTP/1.1 200 ") && response.ends_with("\r\n\r\n" + std::to_string(i));
            if (isRight && !clients[i].hasTimedOut()) ++answered;
        }
        return answered;
    }

    Pipe _orders;
    Pipe _results;
    pid_t _id;
};

void addNumbers(IHttpHostService &host, IService &, std::vector<HttpRouteRegistration> &routes) {
    routes.push_back(
        host.addRoute(HttpMethod::get, "/{number}", [](HttpRequest &request) { return HttpResponse::text(request.param("number")); }));
}

} // namespace

TEST_CASE("Host: as many connections as there can be descriptors are held at once, and a request on each is answered", "[http]") {
    ManyDescriptors const limit;
    std::size_t const count = limit.connections();
    WARN(count << " connections");
    ClientProcess clients(count);
    HostFixture server(addNumbers, {{"IdleTimeout", 10min}});
    REQUIRE(clients.connect(server.port) == count);
    for (int i = 0; i < 6000 && server.connectionCount() != count; ++i) std::this_thread::sleep_for(10ms);
    CHECK(server.connectionCount() == count);
    for (int round = 0; round < 2; ++round) {
        CHECK(clients.ask() == count);
        CHECK(server.connectionCount() == count);
    }
}
