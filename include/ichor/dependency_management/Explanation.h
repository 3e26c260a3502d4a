#pragma once

#include <cstddef>
#include <cstdint>
#include <ichor/model/ServiceId.h>
#include <ichor/model/ServiceState.h>
#include <string>
#include <vector>

namespace Ichor {

/// Why services are not ACTIVE, as a tree: a service, what it waits for, and for each of these who would provide it and why it does not.
///
/// Threads:  a value; any
/// Example:  std::string why = dm.explain(serviceId).toString();
class Explanation final {
public:
    struct Service;

    /// One dependency that keeps a service from starting.
    struct Missing {
        std::string interface;
        bool isRequired = true;
        bool takesSeveral = false;
        std::vector<Service> candidates; // who would provide it; empty: nobody does
        std::size_t more = 0;            // that would as well, and are not among `candidates`
    };

    enum class Reason : std::uint8_t {
        UNKNOWN_ID,  // there is no such service
        NONE,        // it is ACTIVE
        ON_ITS_WAY,  // it is starting or stopping
        NOT_WANTED,  // it was stopped, or is being removed
        FAILED,      // its start failed: `error`
        WAITING,     // for `missing`
        CYCLE,       // it is waited for by what it waits for: `cycle`
        SHOWN_ABOVE, // explained already, in this tree or in one before
    };

    struct Service {
        ServiceId id{};
        std::string name;
        ServiceState state = ServiceState::INSTALLED;
        Reason reason = Reason::NONE;
        std::string error;
        std::vector<Missing> missing;
        std::vector<std::string> cycle; // the names along it, the first one again at the end; none when they are shown above
        std::string detail;             // in which step it is, or where the rest of a long explanation is
    };

    std::vector<Service> services;

    /// Lines for people, indented by two blanks a level.
    [[nodiscard]] std::string toString() const;
    /// An array of objects {id, name, state, reason, …} as JSON (RFC 8259).
    [[nodiscard]] std::string toJson() const;
};

} // namespace Ichor
