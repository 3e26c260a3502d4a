#pragma once

#include <ichor/event_queues/IEventProcessor.h>
#include <ichor/event_queues/IEventQueue.h>
#include <ichor/events/Event.h>
#include <ichor/events/QuitEvent.h>

#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace Ichor::Testing {

struct Numbered final : EventOf<Numbered> {
    explicit Numbered(int n, int p = 0) noexcept : number(n), producer(p) {}
    int number;
    int producer;
};

/// A processor whose reactions a test writes down. A QuitEvent, quit() and signals finish it.
class ScriptedProcessor final : public IEventProcessor {
public:
    std::function<void()> onStarted = [] {};
    std::function<void(Event &)> onEvent = [](Event &) {};
    std::function<bool()> onAdvance = [] { return false; };
    std::vector<unsigned> quits;
    std::vector<int> numbers; // of all Numbered events, in the order in which they came
    int foreignExceptions = 0;
    int status = 0;

    /// Gives the queue a processor that lives with it.
    static ScriptedProcessor &of(IEventQueue &queue) {
        auto processor = std::make_unique<ScriptedProcessor>();
        ScriptedProcessor &result = *processor;
        queue.setProcessor(std::move(processor));
        return result;
    }

    void finish() noexcept {
        _isDone = true;
        _isWorkPending = true;
    }
    void markWork() noexcept { _isWorkPending = true; }
    void setWantsInternalEvents(bool wants) noexcept { _wantsInternalEvents = wants; }

    void onStart() override { onStarted(); }
    void process(Event &event) noexcept override {
        if (event.type() == QuitEvent::TYPE) return finish();
        if (event.type() == Numbered::TYPE) numbers.push_back(static_cast<Numbered &>(event).number);
        onEvent(event);
    }
    bool advance() noexcept override {
        _isWorkPending = false;
        return onAdvance();
    }
    void onQuit(unsigned signals) noexcept override {
        quits.push_back(signals);
        finish();
    }
    bool isFinished() const noexcept override { return _isDone; }
    int exitStatus() const noexcept override { return status; }
    void onForeignException(std::exception_ptr) noexcept override { ++foreignExceptions; }

private:
    bool _isDone = false;
};

} // namespace Ichor::Testing
