#include <ichor/events/ContinueEvent.h>

#include <memory>
#include <optional>
#include <utility>

#include <catch2/catch.hpp>

using namespace Ichor;

namespace {

class CountingWakeup final : public Wakeup {
public:
    void wake() noexcept override {
        ++calls;
        wasPostedInside = isPosted();
    }
    int calls = 0;
    bool wasPostedInside = true;
};

} // namespace

TEST_CASE("ContinueEvent: calls its wakeup once, which is no longer posted by then", "[event]") {
    CountingWakeup wakeup;
    ContinueEvent event(wakeup);
    CHECK(wakeup.isPosted());
    event.run();
    event.run();
    CHECK(wakeup.calls == 1);
    CHECK_FALSE(wakeup.wasPostedInside);
}

TEST_CASE("ContinueEvent: forgets a wakeup that is withdrawn or destroyed", "[event]") {
    auto wakeup = std::make_unique<CountingWakeup>();
    ContinueEvent event(*wakeup);
    SECTION("withdrawn") {
        wakeup->withdraw();
        event.run();
        CHECK(wakeup->calls == 0);
    }
    SECTION("destroyed") {
        wakeup.reset();
        event.run();
    }
}

TEST_CASE("ContinueEvent: a wakeup stays with an event that is moved, and is free when that is destroyed", "[event]") {
    CountingWakeup wakeup;
    {
        std::optional<ContinueEvent> first(std::in_place, wakeup);
        ContinueEvent second(std::move(*first));
        first->run();
        first.reset();
        CHECK(wakeup.calls == 0);
        CHECK(wakeup.isPosted());
    }
    CHECK_FALSE(wakeup.isPosted());
}

TEST_CASE("Wakeup: any of a chain may leave it", "[event]") {
    Wakeup *head = nullptr;
    CountingWakeup a;
    CountingWakeup b;
    CountingWakeup c;
    a.chainTo(head);
    b.chainTo(head);
    c.chainTo(head);
    b.withdraw();
    CHECK(head == &c);
    c.withdraw();
    CHECK(head == &a);
    a.withdraw();
    CHECK(head == nullptr);
}
