#pragma once

#include "Arguments.h"

#include <cstdint>
#include <string>
#include <vector>

namespace Benchmarks {

inline constexpr char const *LOAD_USAGE = R"(Sends POST /ping with a JSON body over and over, and prints what came back as JSON.
  --address ADDRESS     of the server: 127.0.0.1
  --port PORT           of the server: 8001
  --connections N       each with one request in flight: 400
  --seconds N           to measure for, with a fraction if wanted: 5
  --warmup N            seconds before that, once all are connected: 1
  --spin                never sleep: what is measured is then the server's waking up alone, and not the load's
  --server-pid PID      whose processor time to measure over the same time (may be said several times)
  --count               the server's system calls as well, over the same time
  --allocations FILE    and its allocations, which http_allocations.so counts there
)";

/// The command line of the load generator.
struct LoadSettings {
    std::string address{"127.0.0.1"};
    std::uint16_t port{8001};
    std::uint32_t connections{400};
    double seconds{5};
    double warmup{1};
    std::vector<int> serverPids;
    bool spins{false};
    bool counts{false};
    char const *allocations{nullptr}; // nullptr: they are not counted

    [[nodiscard]] static LoadSettings parse(int argc, char **argv) {
        LoadSettings settings;
        for (Arguments arguments(argc, argv, LOAD_USAGE); arguments.next();) {
            if (arguments.is("--address")) {
                settings.address = arguments.text();
            } else if (arguments.is("--port")) {
                settings.port = arguments.number<std::uint16_t>();
            } else if (arguments.is("--connections")) {
                settings.connections = arguments.number<std::uint32_t>();
            } else if (arguments.is("--seconds")) {
                settings.seconds = arguments.number<double>();
            } else if (arguments.is("--warmup")) {
                settings.warmup = arguments.number<double>();
            } else if (arguments.is("--server-pid")) {
                settings.serverPids.push_back(arguments.number<int>());
            } else if (arguments.is("--spin")) {
                settings.spins = true;
            } else if (arguments.is("--count")) {
                settings.counts = true;
            } else if (arguments.is("--allocations")) {
                settings.allocations = arguments.text();
            } else {
                arguments.refuse();
            }
        }
        return settings;
    }
};

} // namespace Benchmarks
