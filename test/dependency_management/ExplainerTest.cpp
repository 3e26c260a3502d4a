// However many services wait, why they do is told in a time and in a number of words that grow with their number alone.

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

constexpr std::size_t MANY = 100'000;

std::vector<std::string> lines;

class Log final : public IFrameworkLogger {
private:
    void write(LogLevel, std::source_location const &, fmt::string_view format, fmt::format_args arguments) override {
        lines.push_back(fmt::vformat(format, arguments));
    }
};

struct IMissing {
    virtual ~IMissing() = default;
};
struct ILink {
    virtual ~ILink() = default;
};

/// A link of a chain, which waits for the next one; the last one waits for what nobody provides.
class Link final : public ILink, public AdvancedService<Link> {
public:
    Link(DependencyRegister &reg, Properties props) : AdvancedService(std::move(props)) {
        if (getProperties().contains("Last")) {
            reg.registerDependency<IMissing>(this, DependencyFlags::REQUIRED);
        } else {
            reg.registerDependency<ILink>(this, DependencyFlags::REQUIRED);
        }
    }
    void addDependencyInstance(ILink &, IService &) {}
    void removeDependencyInstance(ILink &, IService &) {}
    void addDependencyInstance(IMissing &, IService &) {}
    void removeDependencyInstance(IMissing &, IService &) {}
};

/// Waits for what nobody provides, and then for another link.
class LackingLink final : public ILink {
public:
    LackingLink(IMissing &, ILink &) {}
};

template <int LAYER>
struct ILayer {
    virtual ~ILayer() = default;
};

/// Waits for anybody of the next layer.
template <int LAYER>
class Layer final : public ILayer<LAYER> {
public:
    explicit Layer(ILayer<LAYER + 1> &) {}
};

/// Waits for what nobody provides.
template <int LAYER>
class Bottom final : public ILayer<LAYER> {
public:
    explicit Bottom(IMissing &) {}
};

struct Loop {
    Loop() {
        lines.clear();
        dm.createServiceManager<Log, IFrameworkLogger>();
    }
    ~Loop() {
        dm.quit();
        queue.runUntilIdle();
    }
    Loop(Loop const &) = delete;
    Loop &operator=(Loop const &) = delete;

    VirtualTimeQueue queue;
    DependencyManager &dm = queue.createManager();
};

std::size_t count(std::string const &text, std::string const &what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) {
        ++found;
    }
    return found;
}

/// Asks all that can be asked about services that wait, and holds the answers against bounds.
void askAll(Loop &loop, std::vector<ServiceId> const &waiting) {
    loop.queue.runUntilIdle();
    std::string const top = loop.dm.explain(waiting.front()).toString();
    CHECK(top.size() < 500'000);
    CHECK(count(top, "IMissing (required): nobody provides it") > 0);
    {
        Explanation const all = loop.dm.explain();
        CHECK(all.services.size() == waiting.size());
        std::string const text = all.toString();
        CHECK(text.size() < waiting.size() * 2'000);
        CHECK(count(text, "\nLog #") == 0);
        CHECK(all.toJson().size() < waiting.size() * 4'000);
    }
    loop.queue.advance(20s);
    REQUIRE(lines.size() == 33);
    CHECK(lines.front() == top);
    CHECK(lines.back() == fmt::format("services that still wait, besides those above: {}; DependencyManager::explain() says for what",
                                      waiting.size() - 32));
}

template <int LAYER>
void addLayer(DependencyManager &dm, std::vector<ServiceId> &all, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        all.push_back(dm.createServiceManager<Layer<LAYER>, ILayer<LAYER>>());
    }
}

template <int... LAYERS>
std::vector<ServiceId> makeLayers(DependencyManager &dm, std::size_t size, std::integer_sequence<int, LAYERS...>) {
    std::vector<ServiceId> all;
    (addLayer<LAYERS>(dm, all, size), ...);
    return all;
}

} // namespace

TEST_CASE("Explain: a chain of 100,000 services, each one made for the one above it, is told of briefly", "[dependency_management]") {
    Loop loop;
    std::vector<ServiceId> chain{loop.dm.createServiceManager<Link>()};
    for (std::size_t i = 1; i < MANY; ++i) {
        Properties props;
        if (i == MANY - 1) {
            props.insert_or_assign("Last", true);
        }
        chain.push_back(loop.dm.createServiceManager<Link, ILink>(std::move(props), OnlyFor{chain.back()}));
    }
    askAll(loop, chain);

    std::string const top = loop.dm.explain(chain.front()).toString();
    CHECK(count(top, "\n") == 26);
    std::string const rest =
        fmt::format("Link #{0} would, but is INSTALLED. It waits for, and so on for 99975 more (see explain({0})),\n", chain[24].value);
    CHECK_THAT(top, Catch::Contains(rest));
    CHECK_THAT(top, Catch::EndsWith(fmt::format("... (required): Link #{} would, but is INSTALLED. It waits for\n{:52}"
                                                "IMissing (required): nobody provides it",
                                                chain.back().value, "")));
    CHECK(loop.dm.graph().edges.size() == MANY);
}

TEST_CASE("Explain: 100,000 services that anybody may have, in 40 layers, are told of briefly", "[dependency_management]") {
    constexpr int LAYERS = 39;
    Loop loop;
    std::vector<ServiceId> all = makeLayers(loop.dm, MANY / 40, std::make_integer_sequence<int, LAYERS>{});
    while (all.size() < MANY) {
        all.push_back(loop.dm.createServiceManager<Bottom<LAYERS>, ILayer<LAYERS>>());
    }
    askAll(loop, all);
}

TEST_CASE("Explain: 100,000 services that provide what they all wait for are told of briefly", "[dependency_management]") {
    Loop loop;
    std::vector<ServiceId> all;
    while (all.size() < MANY) {
        all.push_back(loop.dm.createServiceManager<LackingLink, ILink>());
    }
    askAll(loop, all);
}

TEST_CASE("Explain: a chain of 100,000 services that lack something else as well is told of briefly", "[dependency_management]") {
    Loop loop;
    std::vector<ServiceId> chain{loop.dm.createServiceManager<LackingLink>()};
    while (chain.size() < MANY) {
        chain.push_back(loop.dm.createServiceManager<LackingLink, ILink>(Properties{}, OnlyFor{chain.back()}));
    }
    askAll(loop, chain);
    CHECK_THAT(loop.dm.explain(chain.front()).toString(),
               Catch::EndsWith(fmt::format(
                   "ILink (required): LackingLink #{0} would, but is INSTALLED: explain({0}) says what it waits for", chain[25].value)));
}

TEST_CASE("Explain: of many who would provide the same, some are listed and the others counted", "[dependency_management]") {
    Loop loop;
    ServiceId const waiting = loop.dm.createServiceManager<Link>();
    std::string list;
    for (int i = 0; i < 12; ++i) {
        ServiceId const stopped = loop.dm.createServiceManager<LackingLink, ILink>();
        static_cast<void>(loop.dm.stopService(stopped));
        list += i < 10 ? fmt::format("\n    LackingLink #{} would, but is INSTALLED. It was stopped", stopped.value) : "";
    }
    loop.queue.runUntilIdle();
    Explanation const why = loop.dm.explain(waiting);
    CHECK(why.toString() == fmt::format("Link #{} is INSTALLED. It waits for\n  ILink (required): 12 would, but{}\n    and 2 more (see "
                                        "graph())",
                                        waiting.value, list));
    CHECK_THAT(why.toJson(), Catch::Contains(R"(],"more":2})"));
    CHECK(loop.dm.graph().edges.size() == 12 + 12 * 13);
}

TEST_CASE("Explain: of some services each is told of in full, whatever was shown of it before", "[dependency_management]") {
    Loop loop;
    ServiceId const last = loop.dm.createServiceManager<Bottom<2>, ILayer<2>>();
    ServiceId const above = loop.dm.createServiceManager<Layer<1>, ILayer<1>>();
    ServiceId const top = loop.dm.createServiceManager<Layer<0>, ILayer<0>>();
    loop.queue.runUntilIdle();
    std::string const lacks = "IMissing (required): nobody provides it";
    std::string const text = loop.dm.explain().toString();
    CHECK(count(text, "\n  " + lacks) == 1);
    CHECK(count(text, "\n    " + lacks) == 1);
    CHECK(count(text, "\n      " + lacks) == 1);
    CHECK(text.find(loop.dm.explain(last).toString() + '\n' + loop.dm.explain(above).toString() + '\n' + loop.dm.explain(top).toString()) ==
          0);
}
