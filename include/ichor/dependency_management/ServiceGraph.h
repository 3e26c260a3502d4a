#pragma once

#include <ichor/model/ServiceId.h>
#include <ichor/model/ServiceState.h>
#include <string>
#include <vector>

namespace Ichor {

/// A picture of the services of a manager and of who depends on whom.
///
/// Threads:  a value; any
struct ServiceGraph {
    struct Node {
        ServiceId id{};
        std::string name;
        ServiceState state = ServiceState::INSTALLED;
        std::vector<std::string> interfaces; // what it provides
        std::string error;                   // why its last start failed, if it did
    };

    struct Edge {
        ServiceId dependent{};
        ServiceId provider{}; // not valid: nobody provides it
        std::string interface;
        bool isRequired = true;
        bool takesSeveral = false;
        bool isInUse = true; // false: the provider would be given, but is not ACTIVE; or there is none
    };

    std::vector<Node> nodes; // by id
    std::vector<Edge> edges;

    /// For Graphviz: `dot -Tsvg`. Solid arrows are required dependencies, dashed ones optional; those that nobody provides yet are red and
    /// grey, and lead to who would provide them.
    [[nodiscard]] std::string toDot() const;
    /// {"services": […], "dependencies": […]} as JSON (RFC 8259).
    [[nodiscard]] std::string toJson() const;
};

} // namespace Ichor
