#include "Explainer.h"

#include "DisplayName.h"
#include "InterfaceIndex.h"
#include <algorithm>
#include <fmt/core.h>

namespace Ichor::Detail {

namespace {

using Reason = Explanation::Reason;

std::string nameOf(ServiceRecord const &record) { return fmt::format("{} #{}", record.name, record.id.value); }

Explanation::Service headOf(ServiceRecord const &record) {
    Explanation::Service service;
    service.id = record.id;
    service.name = record.name;
    service.state = record.state;
    return service;
}

char const *stepOf(ServiceRecord const &record) noexcept {
    switch (record.state) {
    case ServiceState::STARTING: return "its start() has not ended";
    case ServiceState::INJECTING: return "it is being injected";
    case ServiceState::UNINJECTING:
        return record.descent == Descent::DEPENDENTS ? "it waits for its dependents to stop" : "it waits for its coroutines to end";
    case ServiceState::STOPPING: return "its stop() has not ended";
    case ServiceState::INSTALLED:
    case ServiceState::ACTIVE:
    case ServiceState::UNINSTALLED: break;
    }
    return "";
}

/// Whom this slot could be given, once started.
bool isWithinReach(DependencySlot const &slot, ProvidedInterface const &provided) noexcept {
    ServiceId const onlyFor = provided.provider->onlyFor;
    return !onlyFor.isValid() || onlyFor == slot.dependent->id;
}

/// The first provider of the first missing dependency: the way to the cause.
ServiceRecord *firstCandidate(ServiceRecord &record) noexcept {
    for (DependencySlot &slot : record.slots()) {
        if (slot.isSatisfied()) {
            continue;
        }
        for (ProvidedInterface &provided : slot.entry->providers) {
            if (isWithinReach(slot, provided)) {
                return provided.provider;
            }
        }
        return nullptr;
    }
    return nullptr;
}

bool isWaiting(ServiceRecord const &record) noexcept {
    return record.state == ServiceState::INSTALLED && record.wish == Wish::STARTED && !record.hasFailed;
}

/// The edges of one dependency: to those in use or else to those who would provide it, or one to nobody.
void drawDependency(ServiceGraph &graph, DependencySlot &slot) {
    ServiceGraph::Edge edge{slot.dependent->id, ServiceId{}, std::string{displayName(slot.type->name)}, slot.isRequired(),
                            slot.takesSeveral()};
    for (DependencyEdge &used : slot.edges) {
        edge.provider = used.provided->provider->id;
        graph.edges.push_back(edge);
    }
    if (edge.provider.isValid()) {
        return;
    }
    edge.isInUse = false;
    for (ProvidedInterface &provided : slot.entry->providers) {
        if (isWithinReach(slot, provided)) {
            edge.provider = provided.provider->id;
            graph.edges.push_back(edge);
        }
    }
    if (!edge.provider.isValid()) {
        graph.edges.push_back(std::move(edge));
    }
}

} // namespace

Explanation Explainer::explain(ServiceId id) {
    Explanation explanation;
    if (ServiceRecord *record = _table.find(id)) {
        explanation.services.push_back(describe(*record));
    } else {
        Explanation::Service unknown;
        unknown.id = id;
        unknown.reason = Reason::UNKNOWN_ID;
        explanation.services.push_back(std::move(unknown));
    }
    return explanation;
}

Explanation Explainer::explainAll() {
    Explanation explanation;
    for (ServiceRecord *record : _table.sortedById()) {
        if (record->state != ServiceState::INSTALLED || record->wish != Wish::STARTED) {
            continue;
        }
        _seen.clear();
        explanation.services.push_back(describe(*record));
    }
    return explanation;
}

Explanation::Service Explainer::describe(ServiceRecord &record) {
    Explanation::Service service = headOf(record);
    if (record.state == ServiceState::ACTIVE) {
        return service;
    }
    if (record.state != ServiceState::INSTALLED) {
        service.reason = Reason::ON_ITS_WAY;
        service.detail = stepOf(record);
    } else if (record.wish != Wish::STARTED) {
        service.reason = Reason::NOT_WANTED;
    } else if (record.hasFailed) {
        service.reason = Reason::FAILED;
        service.error = record.failure ? std::string{record.failure->message()} : "out of memory";
    } else {
        service.reason = Reason::WAITING;
        describeWaiting(service, record);
    }
    return service;
}

void Explainer::describeWaiting(Explanation::Service &service, ServiceRecord &record) {
    _path.push_back(&record);
    _seen.insert(record.id);
    for (DependencySlot &slot : record.slots()) {
        if (slot.isSatisfied()) {
            continue;
        }
        Explanation::Missing missing;
        missing.interface = displayName(slot.type->name);
        missing.isRequired = slot.isRequired();
        missing.takesSeveral = slot.takesSeveral();
        for (ProvidedInterface &provided : slot.entry->providers) {
            if (isWithinReach(slot, provided)) {
                missing.candidates.push_back(describeCandidate(*provided.provider));
            }
        }
        service.missing.push_back(std::move(missing));
    }
    _path.pop_back();
}

Explanation::Service Explainer::describeCandidate(ServiceRecord &record) {
    if (std::find(_path.begin(), _path.end(), &record) != _path.end()) {
        Explanation::Service service = headOf(record);
        nameCycle(service, record);
        return service;
    }
    if (isWaiting(record) && _seen.contains(record.id)) {
        Explanation::Service service = headOf(record);
        service.reason = Reason::SHOWN_ABOVE;
        return service;
    }
    return _path.size() >= MAX_DEPTH ? followToCause(record) : describe(record);
}

/// Goes on without recursion, as a chain may be 100,000 services deep.
Explanation::Service Explainer::followToCause(ServiceRecord &record) {
    UnorderedSet<ServiceId> way;
    ServiceRecord *at = &record;
    std::size_t steps = 0;
    while (isWaiting(*at) && way.insert(at->id).second) {
        ServiceRecord *next = firstCandidate(*at);
        if (next == nullptr) {
            break;
        }
        at = next;
        ++steps;
    }
    if (steps == 0) {
        return describe(*at);
    }
    Explanation::Service service = headOf(record);
    service.reason = Reason::WAITING;
    service.detail = fmt::format("and so on for {} more", steps);
    Explanation::Missing missing;
    missing.interface = "...";
    if (isWaiting(*at) && firstCandidate(*at) != nullptr) {
        Explanation::Service end = headOf(*at);
        end.reason = Reason::CYCLE;
        end.cycle = {nameOf(*at), "...", nameOf(*at)};
        missing.candidates.push_back(std::move(end));
    } else {
        missing.candidates.push_back(describe(*at));
    }
    service.missing.push_back(std::move(missing));
    return service;
}

void Explainer::nameCycle(Explanation::Service &service, ServiceRecord const &record) const {
    service.reason = Reason::CYCLE;
    auto const first = std::find(_path.begin(), _path.end(), &record);
    for (auto it = first; it != _path.end(); ++it) {
        service.cycle.push_back(nameOf(**it));
    }
    service.cycle.push_back(nameOf(record));
}

ServiceGraph drawGraph(ServiceTable const &table) {
    ServiceGraph graph;
    for (ServiceRecord *record : table.sortedById()) {
        ServiceGraph::Node node{record->id, std::string{record->name}, record->state, {}, {}};
        if (record->hasFailed) {
            node.error = record->failure ? std::string{record->failure->message()} : "out of memory";
        }
        for (ProvidedInterface &provided : record->provided()) {
            node.interfaces.emplace_back(displayName(provided.type->name));
        }
        graph.nodes.push_back(std::move(node));
        for (DependencySlot &slot : record->slots()) {
            drawDependency(graph, slot);
        }
    }
    return graph;
}

} // namespace Ichor::Detail
