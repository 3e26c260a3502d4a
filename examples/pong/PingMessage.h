#pragma once

#include <cstdint>
#include <ichor/services/serialization/JsonFields.h>
#include <tuple>

/// What ping asks and pong answers: {"sequence": N}.
struct PingMessage {
    std::uint64_t sequence = 0;
};

template <>
struct Ichor::JsonFields<PingMessage> {
    static constexpr auto FIELDS = std::tuple{JsonField{"sequence", &PingMessage::sequence}};
};
