// Calls pong at a settable rate, and prints how long the answers took.

#include "../pong/PingMessage.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/http/HttpConnectionService.h>
#include <ichor/services/serialization/RapidJsonSerializer.h>
#include <ichor/services/timer/TimerFactory.h>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct Options {
    std::string address{"127.0.0.1"};
    std::uint16_t port{8001};
    double rate{10};
    double duration{5};
    bool isSilent{false};
};

struct Summary {
    std::vector<Duration> times;
    std::size_t failures{0};
};

Options options;
Summary summary;

double microseconds(Duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

class Ping final {
public:
    Ping(IHttpConnectionService &client, ISerializer<PingMessage> &serializer, ITimerFactory &timers, IEventQueue &queue, IService &self)
        : _client(client), _serializer(serializer), _queue(queue), _self(self), _timer(timers.createTimer()), _end(timers.createTimer()) {
        _timer.setInterval(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1.0 / options.rate)));
        _timer.setCallback([this] { _self.spawn(call(++_sequence)); });
        _timer.start(Fire::AT_ONCE);
        _end.setInterval(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options.duration)));
        _end.setCallback([this] { _queue.pushEvent<QuitEvent>(_self.getServiceId()); });
        _end.start(Fire::AFTER_INTERVAL);
    }

private:
    Task<void> call(std::uint64_t sequence) {
        TimePoint const sent = _queue.now();
        HttpBody body{_serializer.serialize(PingMessage{sequence})};
        HttpHeaders headers{HttpField{"Content-Type", "application/json"}};
        auto request = _client.send(HttpMethod::post, "/ping", std::move(headers), std::move(body));
        auto const response = co_await request;
        Duration const time = _queue.now() - sent;
        if (!response) {
            if (response.error() != HttpError::CANCELLED) {
                fail(sequence, response.error().message());
            }
            co_return;
        }
        auto const pong = _serializer.deserialize(response->body());
        if (!response->isSuccess() || !pong || pong->sequence != sequence) {
            co_return fail(sequence, std::string{response->body()});
        }
        summary.times.push_back(time);
        if (!options.isSilent) {
            std::printf("seq=%llu time=%.0f us\n", static_cast<unsigned long long>(sequence), microseconds(time));
        }
    }

    void fail(std::uint64_t sequence, std::string const &why) {
        ++summary.failures;
        std::printf("seq=%llu failed: %s\n", static_cast<unsigned long long>(sequence), why.c_str());
    }

    IHttpConnectionService &_client;
    ISerializer<PingMessage> &_serializer;
    IEventQueue &_queue;
    IService &_self;
    Timer _timer;
    Timer _end;
    std::uint64_t _sequence = 0;
};

void print() {
    std::vector<Duration> &times = summary.times;
    std::printf("\n%zu answers, %zu failures\n", times.size(), summary.failures);
    if (times.empty()) {
        return;
    }
    std::sort(times.begin(), times.end());
    auto const quantile = [&](double part) {
        return microseconds(times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))]);
    };
    std::printf("min/p50/p99/max: %.0f/%.0f/%.0f/%.0f us\n", quantile(0), quantile(0.5), quantile(0.99), quantile(1));
}

} // namespace

int main(int argc, char **argv) {
    CLI::App app{"Calls pong: POST /ping with {\"sequence\": N}"};
    app.add_option("-a,--address", options.address, "address of pong")->capture_default_str();
    app.add_option("-p,--port", options.port, "port of pong")->capture_default_str();
    app.add_option("--rate", options.rate, "requests a second")->capture_default_str()->check(CLI::Range(0.01, 100000.0));
    app.add_option("--duration", options.duration, "seconds")->capture_default_str()->check(CLI::Range(0.01, 1e6));
    app.add_flag("-s,--silent", options.isSilent, "print the summary only");
    CLI11_PARSE(app, argc, argv);

    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<TimerFactory, ITimerFactory>();
    dm.createServiceManager<RapidJsonSerializer<PingMessage>, ISerializer<PingMessage>>();
    dm.createServiceManager<HttpConnectionService, IHttpConnectionService>(
        Properties{{"Address", options.address}, {"Port", options.port}, {"Timeout", Duration{5s}}});
    dm.createServiceManager<Ping>();
    int const status = queue.start(CaptureSigInt);
    print();
    return status != 0 || summary.failures > 0 || summary.times.empty() ? 1 : 0;
}
