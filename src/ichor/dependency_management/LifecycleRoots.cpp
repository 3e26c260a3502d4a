#include "LifecycleRoots.h"

#include "LifecycleEngine.h"
#include <ichor/coroutines/FrameRecycler.h>
#include <ichor/event_queues/IEventQueue.h>
#include <utility>

namespace Ichor::Detail {

namespace {

std::unique_ptr<StartRoot> &spareOf(SpareRoots &spare, StartRoot const *) noexcept { return spare.start; }
std::unique_ptr<StopRoot> &spareOf(SpareRoots &spare, StopRoot const *) noexcept { return spare.stop; }

} // namespace

template <class T>
void LifecycleRoot<T>::launch(LifecycleEngine &engine, ServiceRecord &record, Task<T> task) {
    std::unique_ptr<LifecycleRoot> &spare = spareOf(engine.spareRoots(), static_cast<LifecycleRoot *>(nullptr));
    std::unique_ptr<LifecycleRoot> root = std::exchange(spare, nullptr);
    if (root == nullptr) {
        root.reset(new LifecycleRoot(engine));
    }
    root->runFirst(record, task);
    if (root->_phase == Phase::FIRST_RUN) {
        root.release()->sleep(); // it deletes itself
    } else if (FrameRecycler::keepsFrames()) {
        spare = std::move(root); // it never slept, so that nothing has changed in it since it was made
    }
}

template <class T>
void LifecycleRoot<T>::runFirst(ServiceRecord &record, Task<T> &task) noexcept {
    _record = &record;
    _phase = Phase::FIRST_RUN;
    this->bind(_engine.queue(), record.priority, record.id);
    if (this->take(task)) {
        this->run(this->taskFrame().handle);
    } else {
        conclude(cancelledOutcome());
    }
}

/// Only one that sleeps can be cancelled, and nothing looks whether the scope is empty while one runs: so most never enter it.
template <class T>
void LifecycleRoot<T>::sleep() noexcept {
    _phase = Phase::SLEPT;
    _entry.plan(&_record->coroutines);
    static_cast<void>(_entry.enter(*this)); // a root is always let in, and cancelled at once where the scope is
}

template <class T>
CallStack *LifecycleRoot<T>::ended() noexcept {
    conclude(this->takeOutcome());
    return nullptr;
}

template <class T>
void LifecycleRoot<T>::endedEarly() noexcept {
    this->forgetTask();
    conclude(cancelledOutcome());
}

template <class T>
void LifecycleRoot<T>::conclude(Outcome<T> &&outcome) noexcept {
    this->releaseGenerators();
    _engine.hasEnded(*_record, std::move(outcome));
    if (std::exchange(_phase, Phase::ENDED) == Phase::SLEPT) {
        _record->enqueue();
        delete this;
    }
}

template <class T>
Outcome<T> LifecycleRoot<T>::cancelledOutcome() noexcept {
    Outcome<T> outcome;
    outcome.cancelled = true;
    return outcome;
}

template class LifecycleRoot<Expected<void, StartError>>;
template class LifecycleRoot<void>;

} // namespace Ichor::Detail
