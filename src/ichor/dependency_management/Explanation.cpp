#include <ichor/dependency_management/Explanation.h>

#include "JsonText.h"
#include <fmt/core.h>

namespace Ichor {

namespace {

using Reason = Explanation::Reason;

char const *nameOf(Reason reason) noexcept {
    switch (reason) {
    case Reason::UNKNOWN_ID: return "unknown id";
    case Reason::NONE: return "none";
    case Reason::ON_ITS_WAY: return "on its way";
    case Reason::NOT_WANTED: return "not wanted";
    case Reason::FAILED: return "failed";
    case Reason::WAITING: return "waiting";
    case Reason::CYCLE: return "cycle";
    case Reason::SHOWN_ABOVE: return "shown above";
    }
    return "";
}

std::string labelOf(Explanation::Service const &service) { return fmt::format("{} #{}", service.name, service.id.value); }

std::string cycleOf(Explanation::Service const &service) {
    std::string text;
    for (std::string const &name : service.cycle) {
        if (!text.empty()) {
            text += " -> ";
        }
        text += name;
    }
    return text;
}

void writeMissing(std::string &text, Explanation::Service const &service, std::size_t indent);

/// The part of a line that says why a candidate does not provide what is missing, and the lines below it.
void writeCandidate(std::string &text, Explanation::Service const &service, std::size_t indent) {
    text += labelOf(service);
    switch (service.reason) {
    case Reason::FAILED: text += fmt::format(" failed to start: {}", service.error); return;
    case Reason::CYCLE:
        text += " would, but that is a cycle";
        text += service.cycle.empty() ? fmt::format(", {}", service.detail) : fmt::format(": {}", cycleOf(service));
        return;
    case Reason::NONE: text += " is ACTIVE and about to be injected"; return;
    default: break;
    }
    text += fmt::format(" would, but is {}", toString(service.state));
    switch (service.reason) {
    case Reason::NOT_WANTED: text += ". It was stopped"; return;
    case Reason::ON_ITS_WAY: text += fmt::format(": {}", service.detail); return;
    case Reason::SHOWN_ABOVE: text += ", as shown above"; return;
    default: writeMissing(text, service, indent); return;
    }
}

void writeCandidates(std::string &text, Explanation::Missing const &missing, std::size_t indent) {
    if (missing.candidates.empty()) {
        text += "nobody provides it";
        return;
    }
    if (missing.candidates.size() == 1) {
        return writeCandidate(text, missing.candidates.front(), indent);
    }
    text += fmt::format("{} would, but", missing.candidates.size() + missing.more);
    for (Explanation::Service const &candidate : missing.candidates) {
        text += fmt::format("\n{:{}}", "", indent);
        writeCandidate(text, candidate, indent + 2);
    }
    if (missing.more > 0) {
        text += fmt::format("\n{:{}}and {} more (see graph())", "", indent, missing.more);
    }
}

void writeMissing(std::string &text, Explanation::Service const &service, std::size_t indent) {
    if (service.missing.empty()) {
        text += service.detail.empty() ? ". It is about to start" : fmt::format(": {}", service.detail);
        return;
    }
    text += service.detail.empty() ? ". It waits for" : fmt::format(". It waits for, {},", service.detail);
    for (Explanation::Missing const &missing : service.missing) {
        text += fmt::format("\n{:{}}{} ({}{}): ", "", indent, missing.interface, missing.isRequired ? "required" : "optional",
                            missing.takesSeveral ? ", several" : "");
        writeCandidates(text, missing, indent + 2);
    }
}

void writeTop(std::string &text, Explanation::Service const &service) {
    if (service.reason == Reason::UNKNOWN_ID) {
        text += fmt::format("There is no service #{}.", service.id.value);
        return;
    }
    text += fmt::format("{} is {}", labelOf(service), toString(service.state));
    switch (service.reason) {
    case Reason::FAILED: text += fmt::format(". It failed to start: {}", service.error); return;
    case Reason::NOT_WANTED: text += ". It was stopped."; return;
    case Reason::ON_ITS_WAY: text += fmt::format(": {}.", service.detail); return;
    case Reason::NONE: text += "."; return;
    default: writeMissing(text, service, 2); return;
    }
}

void writeJson(std::string &text, Explanation::Service const &service) {
    using Detail::jsonText;
    text += fmt::format(R"({{"id":{},"name":{},"state":{},"reason":{})", service.id.value, jsonText(service.name),
                        jsonText(toString(service.state)), jsonText(nameOf(service.reason)));
    if (!service.error.empty()) {
        text += fmt::format(R"(,"error":{})", jsonText(service.error));
    }
    if (!service.detail.empty()) {
        text += fmt::format(R"(,"detail":{})", jsonText(service.detail));
    }
    if (!service.cycle.empty()) {
        text += R"(,"cycle":[)";
        for (std::size_t i = 0; i < service.cycle.size(); ++i) {
            text += (i == 0 ? "" : ",") + jsonText(service.cycle[i]);
        }
        text += ']';
    }
    if (!service.missing.empty()) {
        text += R"(,"missing":[)";
        for (std::size_t i = 0; i < service.missing.size(); ++i) {
            Explanation::Missing const &missing = service.missing[i];
            text += fmt::format(R"({}{{"interface":{},"required":{},"several":{},"candidates":[)", i == 0 ? "" : ",",
                                jsonText(missing.interface), missing.isRequired, missing.takesSeveral);
            for (std::size_t k = 0; k < missing.candidates.size(); ++k) {
                if (k > 0) {
                    text += ',';
                }
                writeJson(text, missing.candidates[k]);
            }
            text += missing.more == 0 ? "]}" : fmt::format(R"(],"more":{}}})", missing.more);
        }
        text += ']';
    }
    text += '}';
}

} // namespace

std::string Explanation::toString() const {
    std::string text;
    for (Service const &service : services) {
        if (!text.empty()) {
            text += '\n';
        }
        writeTop(text, service);
    }
    return text;
}

std::string Explanation::toJson() const {
    std::string text{'['};
    for (std::size_t i = 0; i < services.size(); ++i) {
        if (i > 0) {
            text += ',';
        }
        writeJson(text, services[i]);
    }
    text += ']';
    return text;
}

} // namespace Ichor
