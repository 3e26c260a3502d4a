#include <ichor/dependency_management/ServiceGraph.h>

#include "JsonText.h"
#include <fmt/core.h>

namespace Ichor {

namespace {

using Detail::jsonText;

char const *colourOf(ServiceState state) noexcept {
    switch (state) {
    case ServiceState::ACTIVE: return "palegreen";
    case ServiceState::INSTALLED: return "lightgrey";
    default: return "khaki";
    }
}

} // namespace

std::string ServiceGraph::toDot() const {
    std::string text = "digraph ichor {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\"];\n"
                       "  edge [fontname=\"Helvetica\", fontsize=10];\n";
    for (Node const &node : nodes) {
        std::string const label =
            fmt::format("{} #{}\n{}", node.name, node.id.value, node.error.empty() ? std::string{Ichor::toString(node.state)} : node.error);
        text += fmt::format("  s{} [label={}, fillcolor={}];\n", node.id.value, jsonText(label),
                            node.error.empty() ? colourOf(node.state) : "lightcoral");
    }
    std::size_t missing = 0;
    for (Edge const &edge : edges) {
        char const *style = edge.isRequired ? "solid" : "dashed";
        char const *colour = edge.isInUse ? "black" : edge.isRequired ? "red" : "grey50";
        if (edge.provider.isValid()) {
            text += fmt::format("  s{} -> s{} [label={}, style={}, color={}, fontcolor={}];\n", edge.dependent.value, edge.provider.value,
                                jsonText(edge.interface), style, colour, colour);
        } else {
            text += fmt::format("  m{0} [label={1}, shape=plaintext, style=\"\", fontcolor={4}];\n  s{2} -> m{0} [style={3}, color={4}];\n",
                                missing++, jsonText(edge.interface), edge.dependent.value, style, colour);
        }
    }
    text += "}\n";
    return text;
}

std::string ServiceGraph::toJson() const {
    std::string text = R"({"services":[)";
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        Node const &node = nodes[i];
        text += fmt::format(R"({}{{"id":{},"name":{},"state":{},"interfaces":[)", i == 0 ? "" : ",", node.id.value, jsonText(node.name),
                            jsonText(Ichor::toString(node.state)));
        for (std::size_t k = 0; k < node.interfaces.size(); ++k) {
            text += (k == 0 ? "" : ",") + jsonText(node.interfaces[k]);
        }
        text += ']';
        if (!node.error.empty()) {
            text += fmt::format(R"(,"error":{})", jsonText(node.error));
        }
        text += '}';
    }
    text += R"(],"dependencies":[)";
    for (std::size_t i = 0; i < edges.size(); ++i) {
        Edge const &edge = edges[i];
        text += fmt::format(R"({}{{"dependent":{},"provider":{},"interface":{},"required":{},"several":{},"inUse":{}}})", i == 0 ? "" : ",",
                            edge.dependent.value, edge.provider.isValid() ? std::to_string(edge.provider.value) : "null",
                            jsonText(edge.interface), edge.isRequired, edge.takesSeveral, edge.isInUse);
    }
    text += "]}";
    return text;
}

} // namespace Ichor
