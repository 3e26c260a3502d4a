// Services that wait for each other in a circle are named, all of them, however many they are.

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/VirtualTimeQueue.h>
#include <string>
#include <utility>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

template <int PLACE, int SIZE>
struct IRing {
    virtual ~IRing() = default;
};

/// Waits for the next one on the ring; the last one waits for the first.
template <int PLACE, int SIZE>
class Ring final : public IRing<PLACE, SIZE> {
public:
    explicit Ring(IRing<(PLACE + 1) % SIZE, SIZE> &) {}
};

template <int STEP>
struct IStep {
    virtual ~IStep() = default;
};

constexpr int STEPS = 30;

template <int STEP>
class Step final : public IStep<STEP> {
public:
    explicit Step(IStep<STEP + 1> &) {}
};

class Gate final : public IStep<STEPS> {
public:
    explicit Gate(IRing<0, 3> &) {}
};

struct ILink {
    virtual ~ILink() = default;
};

class Link final : public ILink {
public:
    explicit Link(ILink &) {}
};

std::vector<std::string> lines;

class Log final : public IFrameworkLogger {
private:
    void write(LogLevel, std::source_location const &, fmt::string_view format, fmt::format_args arguments) override {
        lines.push_back(fmt::vformat(format, arguments));
    }
};

struct Loop {
    ~Loop() {
        dm.quit();
        queue.runUntilIdle();
    }
    std::string explain(ServiceId id) {
        queue.runUntilIdle();
        return dm.explain(id).toString();
    }
    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
};

template <int SIZE, int... PLACES>
std::vector<ServiceId> makeRing(DependencyManager &dm, std::integer_sequence<int, PLACES...>) {
    return {dm.createServiceManager<Ring<PLACES, SIZE>, IRing<PLACES, SIZE>>()...};
}

template <int SIZE>
std::vector<ServiceId> makeRing(DependencyManager &dm) {
    return makeRing<SIZE>(dm, std::make_integer_sequence<int, SIZE>{});
}

template <int... PLACES>
std::vector<ServiceId> makeSteps(DependencyManager &dm, std::integer_sequence<int, PLACES...>) {
    return {dm.createServiceManager<Step<PLACES>, IStep<PLACES>>()...};
}

std::string nameOf(std::vector<ServiceId> const &ring, std::size_t place) {
    return fmt::format("Ring<{}, {}> #{}", place, ring.size(), ring[place].value);
}

/// "Ring<0, 2> #1 would, but that is a cycle: Ring<0, 2> #1 -> Ring<1, 2> #2 -> Ring<0, 2> #1"
std::string wouldBut(std::vector<ServiceId> const &ring, std::size_t first = 0) {
    std::string text = nameOf(ring, first) + " would, but that is a cycle: ";
    for (std::size_t i = 0; i < ring.size(); ++i) {
        text += nameOf(ring, (first + i) % ring.size()) + " -> ";
    }
    return text + nameOf(ring, first);
}

std::string lastLineOf(std::string const &text) { return text.substr(text.rfind('\n') + 1); }

std::string indented(int blanks, std::string const &text) { return std::string(static_cast<std::size_t>(blanks), ' ') + text; }

} // namespace

TEST_CASE("Explain: a service that waits for itself is a cycle of one", "[dependency_management]") {
    Loop loop;
    auto const ring = makeRing<1>(loop.dm);
    CHECK(loop.explain(ring[0]) ==
          nameOf(ring, 0) + " is INSTALLED. It waits for\n" + indented(2, "IRing<0, 1> (required): " + wouldBut(ring)));
}

TEST_CASE("Explain: a cycle of two and one of three are written out, from the service asked about", "[dependency_management]") {
    Loop loop;
    auto const two = makeRing<2>(loop.dm);
    CHECK(lastLineOf(loop.explain(two[0])) == indented(4, "IRing<0, 2> (required): " + wouldBut(two)));
    CHECK(lastLineOf(loop.explain(two[1])) == indented(4, "IRing<1, 2> (required): " + wouldBut(two, 1)));
    auto const three = makeRing<3>(loop.dm);
    CHECK(lastLineOf(loop.explain(three[0])) == indented(6, "IRing<0, 3> (required): " + wouldBut(three)));
    CHECK(lastLineOf(loop.explain(three[2])) == indented(6, "IRing<2, 3> (required): " + wouldBut(three, 2)));
}

TEST_CASE("Explain: a cycle of thirty, longer than an explanation is deep, is written out as well", "[dependency_management]") {
    Loop loop;
    auto const ring = makeRing<30>(loop.dm);
    for (std::size_t const first : {0u, 7u, 29u}) {
        std::string const text = loop.explain(ring[first]);
        CHECK(lastLineOf(text) == indented(50, "... (required): " + wouldBut(ring, first)));
        std::size_t const deepest = (first + 24) % 30;
        CHECK_THAT(text, Catch::Contains(fmt::format("{} would, but is INSTALLED. It waits for, and so on for 6 more (see explain({})),\n",
                                                     nameOf(ring, deepest), ring[deepest].value)));
    }
    Explanation const why = loop.dm.explain(ring[0]);
    CHECK_THAT(why.toJson(), Catch::Contains(fmt::format(R"("reason":"cycle","cycle":["{}","{}",)", nameOf(ring, 0), nameOf(ring, 1))));
}

TEST_CASE("Explain: a cycle far below the service asked about is written out from where the way enters it", "[dependency_management]") {
    Loop loop;
    auto const steps = makeSteps(loop.dm, std::make_integer_sequence<int, STEPS>{});
    loop.dm.createServiceManager<Gate, IStep<STEPS>>();
    auto const ring = makeRing<3>(loop.dm);
    std::string const text = loop.explain(steps[0]);
    CHECK(lastLineOf(text) == indented(50, "... (required): " + wouldBut(ring)));
    CHECK_THAT(text, Catch::Contains(fmt::format("and so on for 10 more (see explain({})),\n", steps[24].value)));
}

TEST_CASE("Explain: a cycle of 100,000 is written out once, however many of its services are told of", "[dependency_management]") {
    constexpr std::size_t SIZE = 100'000;
    lines.clear();
    Loop loop;
    loop.dm.createServiceManager<Log, IFrameworkLogger>();
    std::vector<ServiceId> ring{loop.dm.createServiceManager<Link, ILink>()}; // anybody's, and so the last one's too
    while (ring.size() < SIZE) {
        ring.push_back(loop.dm.createServiceManager<Link, ILink>(Properties{}, OnlyFor{ring.back()}));
    }
    std::string const text = loop.explain(ring[0]);
    std::string cycle = fmt::format("... (required): Link #{} would, but that is a cycle: ", ring[0].value);
    for (ServiceId const id : ring) {
        cycle += fmt::format("Link #{} -> ", id.value);
    }
    CHECK(text.find(cycle + fmt::format("Link #{}", ring[0].value)) != std::string::npos);
    CHECK(text.size() < 2 * cycle.size());
    CHECK(loop.dm.explain().toString().size() < 1'000 * SIZE);

    loop.queue.advance(20s);
    REQUIRE(lines.size() == 33);
    CHECK(lines[0] == text);
    lines.erase(lines.begin());
    CHECK_THAT(fmt::format("{}", fmt::join(lines, "\n")),
               Catch::Contains("... (required): Link #") && Catch::Contains(" would, but that is a cycle, as shown above"));
    for (std::string const &line : lines) {
        CHECK(line.size() < 10'000);
    }
}
