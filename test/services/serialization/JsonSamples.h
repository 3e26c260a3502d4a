#pragma once

#include <ichor/services/serialization/JsonFields.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace JsonSamples {

struct TestMsg {
    uint64_t id = 0;
    std::string val;
    bool operator==(TestMsg const &) const = default;
};

struct Item {
    std::string name;
    double price = 0;
    std::optional<std::string> note{};
    bool operator==(Item const &) const = default;
};

struct Order {
    uint8_t number = 0;
    int32_t balance = 0;
    bool isPaid = false;
    float weight = 0;
    std::vector<Item> items{};
    std::optional<TestMsg> message{};
    std::vector<std::vector<int>> grid{};
    bool operator==(Order const &) const = default;
};

struct Tree {
    std::vector<Tree> children;
};

struct Nothing {};

} // namespace JsonSamples

template <>
struct Ichor::JsonFields<JsonSamples::TestMsg> {
    static constexpr auto FIELDS = std::tuple{JsonField{"id", &JsonSamples::TestMsg::id}, JsonField{"val", &JsonSamples::TestMsg::val}};
};

template <>
struct Ichor::JsonFields<JsonSamples::Item> {
    using Item = JsonSamples::Item;
    static constexpr auto FIELDS =
        std::tuple{JsonField{"name", &Item::name}, JsonField{"price", &Item::price}, JsonField{"note", &Item::note}};
};

template <>
struct Ichor::JsonFields<JsonSamples::Order> {
    using Order = JsonSamples::Order;
    static constexpr auto FIELDS =
        std::tuple{JsonField{"number", &Order::number}, JsonField{"balance", &Order::balance}, JsonField{"isPaid", &Order::isPaid},
                   JsonField{"weight", &Order::weight}, JsonField{"items", &Order::items},     JsonField{"message", &Order::message},
                   JsonField{"grid", &Order::grid}};
};

template <>
struct Ichor::JsonFields<JsonSamples::Tree> {
    static constexpr auto FIELDS = std::tuple{JsonField{"children", &JsonSamples::Tree::children}};
};

template <>
struct Ichor::JsonFields<JsonSamples::Nothing> {
    static constexpr auto FIELDS = std::tuple{};
};
