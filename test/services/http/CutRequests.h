#pragma once

#include "HostFixture.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Ichor::Testing {

/// Says what is wrong with what a client receives; empty: nothing.
using Judge = std::function<std::string(TestClient &)>;

/// Every place between two bytes of a message.
inline std::vector<std::size_t> allCuts(std::size_t size) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = 1; at < size; ++at) cuts.push_back(at);
    return cuts;
}

/// Sends a request in pieces, on many connections at once, so that all the ways to cut it take few round trips.
class CutSender {
public:
    explicit CutSender(HostFixture &server) : _server(server), _probe(server.connect()) {}

    /// Cuts the request in two at each of those places, each time on another connection. Ends with the first fault.
    std::string sendCut(std::string_view bytes, std::span<std::size_t const> cuts, Judge const &judge) {
        while (!cuts.empty()) {
            auto const batch = cuts.first(std::min<std::size_t>(cuts.size(), CONNECTIONS));
            cuts = cuts.subspan(batch.size());
            std::vector<TestClient> clients;
            for (std::size_t const cut : batch) {
                clients.push_back(_server.connect());
                clients.back().send(bytes.substr(0, cut));
            }
            if (!waitForHost()) return "another connection is not served";
            for (std::size_t i = 0; i < batch.size(); ++i) clients[i].send(bytes.substr(batch[i]));
            for (std::size_t i = 0; i < batch.size(); ++i) {
                if (std::string fault = judge(clients[i]); !fault.empty()) return "cut at " + std::to_string(batch[i]) + ": " + fault;
                clients[i].reset(); // leaves no port behind that waits for its time
            }
        }
        return {};
    }

    /// Sends each of the requests byte by byte, all at the same time, each on a connection of its own.
    ///
    /// Errors:    false: another connection is not served meanwhile
    [[nodiscard]] bool sendByteByByte(std::span<std::string const> requests, std::vector<TestClient> &clients) {
        std::size_t longest = 0;
        for (std::string const &request : requests) {
            longest = std::max(longest, request.size());
            clients.push_back(_server.connect());
        }
        for (std::size_t at = 0; at < longest; ++at) {
            for (std::size_t i = 0; i < requests.size(); ++i) {
                if (at < requests[i].size()) clients[i].send(std::string_view(requests[i]).substr(at, 1));
            }
            if (!waitForHost()) return false;
        }
        return true;
    }

    /// What was sent before has been read when this returns, since the host reads in the order in which things come.
    [[nodiscard]] bool waitForHost() {
        _probe.send("GET /probe HTTP/1.1\r\nHost: h\r\n\r\n");
        return _probe.readResponse().ends_with("\r\n\r\nprobe");
    }

    void close() { _probe.close(); }

private:
    static constexpr std::size_t CONNECTIONS = 500;

    HostFixture &_server;
    TestClient _probe;
};

} // namespace Ichor::Testing
