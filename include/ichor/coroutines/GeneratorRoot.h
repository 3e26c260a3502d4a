#pragma once

#include <ichor/base/Contract.h>
#include <ichor/coroutines/AsyncGenerator.h>
#include <ichor/coroutines/CallStack.h>
#include <ichor/coroutines/Outcome.h>
#include <ichor/coroutines/Scope.h>

#include <utility>

namespace Ichor {

/// Runs a generator to its end, one value a turn of the queue: derive from it and say what is to happen at each value and at the end.
///
/// Threads:   the resumer's own
/// Resumes:   by a wakeup at the priority given to launch()
/// Lifetime:  destroying it abandons the generator; not from inside of that, but finished() may destroy it
template <class T>
class GeneratorRoot : private CallStack {
public:
    GeneratorRoot(GeneratorRoot const &) = delete;
    GeneratorRoot &operator=(GeneratorRoot const &) = delete;

    /// Runs it up to its first suspension or value at once; see Root::launch.
    void launch(AsyncGenerator<T> generator, Scope *scope, IResumer &resumer, Priority priority, ServiceId owner) noexcept {
        if (isRunning()) contractViolation("a GeneratorRoot was launched while its generator still runs");
        bind(resumer, priority, owner);
        _generator = std::move(generator);
        if (!_generator.hasFrame()) contractViolation("an empty AsyncGenerator was launched");
        _entry.plan(scope);
        (void)_entry.enter(*this);
        if (!_generator.attach(*this)) return conclude(cancelledOutcome());
        run(_generator.frame().handle);
    }

    /// Its await or co_yield ends with Cancelled, and so does each that follows, until it has ended.
    void cancel() noexcept {
        if (isRunning()) requestCancel();
    }

    /// Destroys the generator, which must not be running at the moment; finished() is not called.
    void abandon() noexcept {
        if (_generator.hasFrame()) {
            if (CallStack::isRunning()) contractViolation("a generator was abandoned while it was running");
            abandonFrames();
        }
        releaseGenerators();
        _entry.leave();
    }

    /// Launched, and not at its end.
    [[nodiscard]] bool isRunning() const noexcept { return _generator.hasFrame(); }

protected:
    GeneratorRoot() noexcept : _entry(ScopeEntry::Kind::ROOT) {}
    ~GeneratorRoot() { abandon(); }

    /// It gave a value, which is valid during the call.
    virtual void yielded(std::remove_reference_t<T> &) noexcept {}

    /// It has ended and its frame is gone. It leaves its scope when this returns. May launch another, or `delete this`.
    virtual void finished(Outcome<void> outcome) noexcept = 0;

private:
    static Outcome<void> cancelledOutcome() noexcept { return Outcome<void>{.error = {}, .cancelled = true}; }

    void conclude(Outcome<void> outcome) noexcept {
        releaseGenerators();
        ScopeEntry leaving(ScopeEntry::Kind::ROOT);
        leaving.takeOver(_entry);
        finished(std::move(outcome)); // nothing of this may be touched afterwards
    }

    CallStack *ended() noexcept final {
        if (auto *value = _generator.value(); value != nullptr) {
            runSoon(_generator.frame());
            yielded(*value);
            return nullptr;
        }
        Outcome<void> outcome;
        if (std::exception_ptr error = _generator.takeError(); error != nullptr) Detail::setError(outcome, std::move(error));
        _generator.drop();
        conclude(std::move(outcome));
        return nullptr;
    }

    void endedEarly() noexcept final { conclude(cancelledOutcome()); }

    AsyncGenerator<T> _generator;
    ScopeEntry _entry;
};

} // namespace Ichor
