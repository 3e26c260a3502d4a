#pragma once

// The services of random graphs, in both styles, that fail, wait and interfere as the dice say.

#include "RandomWorld.h"

#include <ichor/services/timer/TimerFactory.h>
#include <optional>
#include <stdexcept>
#include <vector>

namespace Ichor::Testing {

struct Count {
    explicit Count(int &of) : at(of) { ++at; }
    Count(Count const &) = delete;
    Count &operator=(Count const &) = delete;
    ~Count() { --at; }
    int &at;
};

/// What is noted and done when a service gets and loses a provider.
inline void inject(DependencyManager &dm, std::uint64_t self, Kind kind, std::uint64_t provider) {
    Need &need = lifeOf(self).needs.at(kind);
    misbehave(dm, self, provider);
    if (fails(60)) {
        need.hasRefused = true;
        ++lifeOf(self).failures;
        throw std::runtime_error("does not like its provider");
    }
    expect(need.injected.insert(provider).second, "gets each provider once", self);
}
inline void eject(DependencyManager &dm, std::uint64_t self, Kind kind, std::uint64_t provider) {
    Life &life = lifeOf(self);
    expect(life.needs.at(kind).injected.erase(provider) == 1, "loses what it had", self);
    expect(!lifeOf(provider).isMine || lifeOf(provider).isRunning, "its provider runs until it is given back", self);
    misbehave(dm, self, provider);
    if (fails(60)) {
        throw std::runtime_error("does not want to let go");
    }
}

/// A class with a life of its own, and random needs.
template <class Provides>
class Node final : public Provides, public AdvancedService<Node<Provides>> {
    using Base = AdvancedService<Node<Provides>>;

public:
    Node(DependencyRegister &reg, Properties props) : Base(std::move(props)) {
        if (oneIn(8)) {
            this->spawn(nap());
        }
        if (fails(30)) {
            throw std::runtime_error("cannot be constructed");
        }
        world.lives[id()] = {};
        needPerhaps<IBase>(reg, Provides::KIND > BASE);
        needPerhaps<IMiddle>(reg, Provides::KIND > MIDDLE);
        needPerhaps<IHigh>(reg, Provides::KIND > HIGH);
        if (oneIn(6)) {
            need<ITop>(reg, TOP, DependencyFlags::NONE); // against the order, hence optional
        }
        if (oneIn(6)) {
            need<IMade>(reg, MADE, oneIn(2) ? DependencyFlags::REQUIRED : DependencyFlags::NONE);
        }
        if (oneIn(4)) {
            need<ITimerFactory>(reg, TIMERS, DependencyFlags::REQUIRED);
        }
    }
    ~Node() override { expect(lifeOf(id()).coroutines == 0, "outlives its coroutines", id()); }
    std::uint64_t id() const override { return this->getServiceId().value; }

    template <class I>
    requires std::derived_from<I, INode>
    void addDependencyInstance(I &provider, IService &face) {
        expect(provider.id() == face.getServiceId().value, "is given what it is told", id());
        inject(this->getManager(), id(), I::KIND, provider.id());
    }
    template <class I>
    requires std::derived_from<I, INode>
    void removeDependencyInstance(I &provider, IService &) { eject(this->getManager(), id(), I::KIND, provider.id()); }
    void addDependencyInstance(ITimerFactory &timers, IService &face) {
        inject(this->getManager(), id(), TIMERS, face.getServiceId().value);
        _timers = &timers;
    }
    void removeDependencyInstance(ITimerFactory &, IService &face) {
        _timers = nullptr;
        eject(this->getManager(), id(), TIMERS, face.getServiceId().value);
    }

    void handleEvent(Poke const &) {
        use();
        misbehave(this->getManager(), id(), somebody());
        if (fails(30)) {
            throw std::runtime_error("does not want to be poked");
        }
    }

private:
    template <class I>
    void needPerhaps(DependencyRegister &reg, bool isBelow) {
        constexpr DependencyFlags FLAGS[]{DependencyFlags::NONE, DependencyFlags::REQUIRED, DependencyFlags::ALLOW_MULTIPLE,
                                          DependencyFlags::REQUIRED | DependencyFlags::ALLOW_MULTIPLE};
        if (isBelow && oneIn(2)) {
            need<I>(reg, I::KIND, FLAGS[roll(4)]);
        }
    }
    template <class I>
    void need(DependencyRegister &reg, Kind kind, DependencyFlags flags) {
        reg.template registerDependency<I>(this, flags);
        lifeOf(id()).needs[kind].flags = flags;
    }

    std::uint64_t somebody() { return std::next(world.lives.begin(), roll(static_cast<unsigned>(world.lives.size())))->first; }

    /// Whatever runs for a service may use what it needs.
    void use() {
        expect(this->getServiceState() != ServiceState::INSTALLED, "does nothing when it is INSTALLED", id());
        for (auto const &[kind, need] : lifeOf(id()).needs) {
            expect(!need.isRequired() || !need.injected.empty(), "has what it requires while it does something", id());
            for (std::uint64_t const provider : need.injected) {
                expect(!lifeOf(provider).isMine || lifeOf(provider).isRunning, "what it uses runs", id());
            }
        }
    }

    Task<Expected<void, StartError>> start() override {
        use();
        if (oneIn(4)) {
            bool const isStubborn = oneIn(3);
            try {
                co_await sleepFor(std::chrono::milliseconds{roll(5)});
            } catch (Cancelled const &) {
                if (!isStubborn) {
                    throw;
                }
            }
        }
        if (fails(12)) {
            ++lifeOf(id()).failures;
            co_return Base::fail("as the dice say");
        }
        if (fails(12)) {
            ++lifeOf(id()).failures;
            throw std::runtime_error("as the dice say");
        }
        Life &life = lifeOf(id());
        expect(!life.isRunning, "is started once", id());
        begin();
        life.isRunning = true;
        ++life.starts;
        ++world.starts;
        co_return Expected<void, StartError>{};
    }

    void begin() {
        if (oneIn(3)) {
            this->spawn(background());
        }
        if (oneIn(3)) {
            _handler = this->getManager().template registerEventHandler<Poke>(this);
        }
        if (_timers != nullptr) {
            _timer = _timers->createTimer();
            _timer.setInterval(std::chrono::milliseconds{1 + roll(4)});
            _timer.setCallback([this] {
                use();
                misbehave(this->getManager(), id(), somebody());
            });
            _timer.start();
        }
        if (oneIn(3)) {
            Priority const priority{roll(3000)};
            int const starts = lifeOf(id()).starts + 1;
            this->getEventQueue().template pushPrioritisedEvent<RunFunctionEvent>(this->getServiceId(), priority, [this, starts] {
                use();
                expect(lifeOf(id()).starts <= starts, "runs nothing of an earlier life", id());
            });
        }
    }

    Task<void> stop() override {
        use();
        Life &life = lifeOf(id());
        expect(life.isRunning, "is stopped once", id());
        expect(life.coroutines == 0, "is stopped after its coroutines", id());
        ++life.stops;
        life.isRunning = false; // from here on nobody may have it
        if (oneIn(8)) {
            createAnother();
        }
        if (oneIn(4)) {
            co_await sleepFor(std::chrono::milliseconds{roll(5)});
        }
        use();
        _timer = Timer{};
        if (oneIn(2)) {
            _handler.reset();
        }
        if (fails(12)) {
            throw std::runtime_error("as the dice say");
        }
    }

    /// Of what its constructor spawns.
    static Task<void> nap() { co_await sleepFor(std::chrono::milliseconds{roll(5)}); }

    /// At any moment, also while the program ends.
    void createAnother() {
        if (world.extras == 0) {
            return;
        }
        --world.extras;
        try {
            this->getManager().template createServiceManager<Node<IBase>, IBase>();
        } catch (std::runtime_error const &) {
            expect(world.habits.mayFail, "is constructed", id());
        }
    }

    Task<void> background() {
        Count const count{lifeOf(id()).coroutines};
        for (;;) {
            use();
            co_await sleepFor(std::chrono::milliseconds{1});
        }
    }

    ITimerFactory *_timers = nullptr;
    Timer _timer;
    EventHandlerRegistration _handler;
};

/// A plain class: what its constructor takes is what it requires.
template <class Provides, class... Needs>
class PlainNode final : public Provides {
public:
    PlainNode(IService &self, Needs &...needs) : _self(self) {
        Life &life = lifeOf(id());
        (expect(lifeOf(needs.id()).isRunning, "its provider runs when it is constructed", id()), ...);
        if (fails(12)) {
            ++life.failures;
            throw std::runtime_error("cannot be constructed");
        }
        ((life.needs[Needs::KIND].injected = {needs.id()}), ...);
        life.isRunning = true;
        ++life.starts;
        ++world.starts;
        misbehave(self.getManager(), id(), id());
    }
    ~PlainNode() override {
        Life &life = lifeOf(id());
        for (auto &[kind, need] : life.needs) {
            for (std::uint64_t const provider : need.injected) {
                expect(lifeOf(provider).isRunning, "its provider outlives it", id());
            }
            need.injected.clear();
        }
        expect(life.isRunning, "is destroyed once", id());
        life.isRunning = false;
        ++life.stops;
        misbehave(_self.getManager(), id(), id());
    }
    std::uint64_t id() const override { return _self.getServiceId().value; }

private:
    IService &_self;
};

template <class Provides, class... Needs>
std::uint64_t createPlain(DependencyManager &dm, Properties props = {}, OnlyFor onlyFor = {}) {
    ServiceId const id = dm.createServiceManager<PlainNode<Provides, Needs...>, Provides>(std::move(props), onlyFor);
    Life &life = world.lives[id.value];
    ((life.needs[Needs::KIND].flags = DependencyFlags::REQUIRED), ...);
    life.madeFor = onlyFor.requester.value;
    return id.value;
}

/// Tracks who asks for IMade, and makes one for each.
class Maker final : public AdvancedService<Maker> {
public:
    Maker(DependencyRegister &, Properties props) : AdvancedService(std::move(props)) { world.lives[getServiceId().value] = {}; }

    void handleDependencyRequest(DependencyRequest<IMade> const &request) {
        expect(lifeOf(getServiceId().value).isRunning, "hears of requests only while it tracks them", getServiceId().value);
        misbehave(getManager(), getServiceId().value, request.requester.value);
        if (_served.insert(request.requester.value).second) {
            createPlain<IMade>(getManager(), {}, OnlyFor{request.requester});
        }
        if (fails(20)) {
            throw std::runtime_error("has made it all the same");
        }
    }
    void handleDependencyUndoRequest(DependencyUndoRequest<IMade> const &undo) { _served.erase(undo.requester.value); }

private:
    Task<Expected<void, StartError>> start() override {
        Life &life = lifeOf(getServiceId().value);
        life.isRunning = true;
        ++life.starts;
        ++world.starts;
        _tracker = getManager().registerDependencyTracker<IMade>(this);
        co_return Expected<void, StartError>{};
    }
    Task<void> stop() override {
        _tracker.reset();
        Life &life = lifeOf(getServiceId().value);
        life.isRunning = false;
        ++life.stops;
        co_return;
    }
    std::set<std::uint64_t> _served;
    DependencyTrackerRegistration _tracker;
};

/// Swallows what Ichor says of failures, of which there are thousands here.
class QuietLogger final : public IFrameworkLogger {
private:
    void write(LogLevel, std::source_location const &, fmt::string_view, fmt::format_args) override {}
};

} // namespace Ichor::Testing
