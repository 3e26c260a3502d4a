#pragma once

#include "LatencyHistogram.h"
#include "ServerCounts.h"
#include "ServerTime.h"

#include <chrono>
#include <cstdint>
#include <cstdio>

namespace Benchmarks {

using Clock = std::chrono::steady_clock;

/// What a load has seen of a server.
struct LoadReport {
    LatencyHistogram latencies;
    std::uint64_t errors = 0; // connections that ended, and answers that were none
    std::uint64_t timeOuts = 0;
    double seconds = 0;
    double connectSeconds = 0;
    ServerTime server;
    SystemCalls::Counts systemCalls;
    std::uint64_t allocations = 0;

    void add(Clock::duration latency, Clock::duration timeOut) {
        if (latency > timeOut) ++timeOuts;
        latencies.add(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(latency).count()));
    }

    /// Errors and time-outs of the warming up count as well.
    void beginMeasuring() { latencies = {}; }

    void print() const {
        auto const requests = static_cast<double>(latencies.count());
        std::printf("{\"requests\": %.0f, \"per_second\": %.0f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f, ", requests,
                    requests / seconds, latencies.percentile(0.5) / 1e3, latencies.percentile(0.99) / 1e3, latencies.percentile(1) / 1e3);
        std::printf("\"errors\": %llu, \"time_outs\": %llu, \"connect_ms\": %.1f, \"seconds\": %.3f, ",
                    static_cast<unsigned long long>(errors), static_cast<unsigned long long>(timeOuts), connectSeconds * 1e3, seconds);
        std::printf("\"receive_calls\": %llu, \"send_calls\": %llu, \"system_calls\": %llu, \"allocations\": %llu, ",
                    static_cast<unsigned long long>(systemCalls.receiving), static_cast<unsigned long long>(systemCalls.sending),
                    static_cast<unsigned long long>(systemCalls.all), static_cast<unsigned long long>(allocations));
        std::printf("\"server_cpu_us\": %.0f, \"server_user_us\": %.0f}\n", static_cast<double>(server.nanoseconds) / 1e3,
                    static_cast<double>(server.userNanoseconds) / 1e3);
    }
};

} // namespace Benchmarks
