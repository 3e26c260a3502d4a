#include <ichor/events/Event.h>

#include <ichor/events/QuitEvent.h>
#include <ichor/events/RemoveServiceEvent.h>
#include <ichor/events/StartServiceEvent.h>
#include <ichor/events/StopServiceEvent.h>

#include <array>
#include <string>
#include <type_traits>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Detail;

namespace EventTest {

struct OrderPlaced final : EventOf<OrderPlaced> {
    explicit OrderPlaced(std::uint64_t o) : order(o) {}
    std::uint64_t order;
};

struct Empty final : EventOf<Empty> {};

struct WithText final : EventOf<WithText> {
    std::string text;
};

struct Big final : EventOf<Big> {
    std::array<char, 1025> bytes;
};

struct alignas(16) Aligned final : EventOf<Aligned> {};

struct MayThrowWhenMoved final : EventOf<MayThrowWhenMoved> {
    MayThrowWhenMoved() = default;
    MayThrowWhenMoved(MayThrowWhenMoved &&) noexcept(false) {}
};

struct Named;
static_assert(EventOf<Named>::TYPE != EventOf<Empty>::TYPE, "usable while the event is incomplete");

struct ForgetsItsBase final : EventOf<ForgetsItsBase> {
    ForgetsItsBase() = default;
    ForgetsItsBase(ForgetsItsBase &&) noexcept : EventOf<ForgetsItsBase>() {}
};

} // namespace EventTest

using namespace EventTest;

TEST_CASE("Event: has its type and name from its class", "[event]") {
    CHECK(OrderPlaced::NAME == "EventTest::OrderPlaced");
    CHECK(OrderPlaced::TYPE != Empty::TYPE);
    CHECK(QuitEvent::NAME == "Ichor::QuitEvent");
    CHECK(DESCRIPTOR_OF<OrderPlaced, Accounting::COUNTED>.type == OrderPlaced::TYPE);
    CHECK(StartServiceEvent(ServiceId{3}).serviceId == ServiceId{3});
    CHECK(StopServiceEvent(ServiceId{3}).serviceId == ServiceId{3});
    CHECK(RemoveServiceEvent(ServiceId{3}).serviceId == ServiceId{3});
}

TEST_CASE("Event: an empty one takes 24 bytes in a queue", "[event]") {
    CHECK(sizeof(Empty) == 24);
    CHECK(DESCRIPTOR_OF<Empty, Accounting::COUNTED>.recordSize == 24);
    CHECK(DESCRIPTOR_OF<OrderPlaced, Accounting::COUNTED>.recordSize == 32);
    CHECK(DESCRIPTOR_OF<Empty, Accounting::COUNTED>.destroy == nullptr);
}

TEST_CASE("Event: what is large, over-aligned or not safely movable is boxed", "[event]") {
    CHECK_FALSE(IS_BOXED<Empty>);
    CHECK_FALSE(IS_BOXED<WithText>);
    CHECK(IS_BOXED<Big>);
    CHECK(IS_BOXED<Aligned>);
    CHECK(IS_BOXED<MayThrowWhenMoved>);
}

TEST_CASE("Event: the largest id, origin and priority do not get into each other's way", "[event]") {
    constexpr std::uint64_t ALL = ~std::uint64_t{0};
    constexpr std::uint64_t LAST_ORIGIN = ALL >> 16;
    for (unsigned which = 0; which < 8; ++which) {
        std::uint64_t id = (which & 1) != 0 ? ALL : 0;
        ServiceId origin{(which & 2) != 0 ? LAST_ORIGIN : 0};
        Priority priority{(which & 4) != 0 ? Priority::LAST : 0};
        Empty event;
        EventAccess::describe(event, DESCRIPTOR_OF<Empty, Accounting::FREE>, id, origin, priority);
        CHECK(event.id() == id);
        CHECK(event.origin() == origin);
        CHECK(event.priority() == priority);
        CHECK(&event.descriptor() == &DESCRIPTOR_OF<Empty, Accounting::FREE>);
    }
}

TEST_CASE("Event: moving keeps the header also where a move constructor forgets it", "[event]") {
    ForgetsItsBase from;
    EventAccess::describe(from, DESCRIPTOR_OF<ForgetsItsBase, Accounting::FREE>, 5, ServiceId{6}, Priority{7});
    alignas(ForgetsItsBase) std::byte memory[sizeof(ForgetsItsBase)];
    from.descriptor().moveTo(memory, from);
    auto *moved = std::launder(reinterpret_cast<ForgetsItsBase *>(memory));
    CHECK(moved->id() == 5);
    CHECK(moved->origin() == ServiceId{6});
    CHECK(moved->priority() == Priority{7});
    CHECK(moved->type() == ForgetsItsBase::TYPE);
}
