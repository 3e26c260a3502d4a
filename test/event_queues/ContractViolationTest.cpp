#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/VirtualTimeQueue.h>

#include <event_queues/ScriptedProcessor.h>

#include <ichor/event_queues/IReadiness.h>
#include <ichor/events/QuitEvent.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Testing;

namespace {

/// What a child process that runs `f` says on standard error before it aborts; "" when it does not abort.
std::string lastWordsOf(std::function<void()> const &f) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return "pipe failed";
    pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGABRT, SIG_DFL); // Catch's would tell the whole story again
        ::dup2(ends[1], STDERR_FILENO);
        f();
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string words;
    std::array<char, 1024> buffer{};
    for (ssize_t n = 0; (n = ::read(ends[0], buffer.data(), buffer.size())) > 0;) words.append(buffer.data(), static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? words : "";
}

} // namespace

TEST_CASE("IEventQueue: starting without a processor is said in a sentence", "[contract]") {
    CHECK_THAT(lastWordsOf([] { PriorityQueue().start(); }), Catch::Contains("needs a processor before it starts"));
}

TEST_CASE("IEventQueue: a loop runs once", "[contract]") {
    CHECK_THAT(lastWordsOf([] {
                   PriorityQueue queue;
                   ScriptedProcessor::of(queue);
                   queue.quit();
                   queue.start();
                   queue.start();
               }),
               Catch::Contains("runs once"));
}

TEST_CASE("IEventQueue: a loop is not run from inside of itself, or by two threads", "[contract]") {
    CHECK_THAT(lastWordsOf([] {
                   VirtualTimeQueue queue;
                   ScriptedProcessor::of(queue).onEvent = [&](Event &) { queue.runUntilIdle(); };
                   queue.pushEvent<Numbered>(ServiceId{1}, 1);
                   queue.runUntilIdle();
               }),
               Catch::Contains("run from inside of itself"));
    CHECK_THAT(lastWordsOf([] {
                   PriorityQueue queue;
                   ScriptedProcessor::of(queue).onStarted = [&] { std::thread([&] { queue.start(); }).join(); };
                   queue.start();
               }),
               Catch::Contains("by two threads at once"));
}

TEST_CASE("IEventQueue: an origin that no service can have is said in a sentence", "[contract]") {
    CHECK_THAT(lastWordsOf([] {
                   PriorityQueue queue;
                   queue.pushEvent<QuitEvent>(ServiceId{std::uint64_t{1} << 48});
               }),
               Catch::Contains("ids of services have 48 bits"));
}

TEST_CASE("IEventQueue: a queue has one processor", "[contract]") {
    CHECK_THAT(lastWordsOf([] {
                   PriorityQueue queue;
                   ScriptedProcessor::of(queue);
                   ScriptedProcessor::of(queue);
               }),
               Catch::Contains("one processor"));
}

TEST_CASE("DescriptorWatch: has to be unwatched before it goes", "[contract]") {
    CHECK_THAT(lastWordsOf([] {
                   class Watch final : public DescriptorWatch {
                       void onReady(Readiness) noexcept override {}
                   };
                   PriorityQueue queue;
                   Watch watch;
                   static_cast<void>(queue.readiness()->watch(STDERR_FILENO, watch));
               }),
               Catch::Contains("unwatched before it is destroyed"));
}
