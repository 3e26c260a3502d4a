#include "DependencyResolver.h"

#include "DisplayName.h"
#include "ManagerLog.h"

namespace Ichor::Detail {

namespace {

/// A wanting slot does not take its own service, nor the same provider twice.
bool isCandidate(DependencySlot const &slot, ProvidedInterface const &provided) noexcept {
    if (provided.provider == slot.dependent) {
        return false;
    }
    if (slot.first.provided == &provided) {
        return false;
    }
    return true;
}

} // namespace

void DependencyResolver::prepare(ServiceRecord &record, InterfaceIndex &index) {
    for (ProvidedInterface &provided : record.provided()) {
        provided.entry = &index.of(*provided.type);
    }
    for (DependencySlot &slot : record.slots()) {
        slot.entry = &index.of(*slot.type);
    }
}

void DependencyResolver::join(ServiceRecord &record) noexcept {
    for (ProvidedInterface &provided : record.provided()) {
        provided.entry->providers.pushBack(provided);
    }
    for (DependencySlot &slot : record.slots()) {
        slot.entry->requests.pushBack(slot);
        if (slot.isRequired()) {
            ++record.unsatisfied;
        }
    }
}

void DependencyResolver::leave(ServiceRecord &record) noexcept {
    for (ProvidedInterface &provided : record.provided()) {
        provided.allHook.unlink();
        provided.offerHook.unlink();
    }
    for (DependencySlot &slot : record.slots()) {
        slot.requestHook.unlink();
        slot.openHook.unlink();
    }
}

void DependencyResolver::open(ServiceRecord &dependent) {
    dependent.isOpen = true;
    for (DependencySlot &slot : dependent.slots()) {
        takeAvailable(slot);
    }
}

void DependencyResolver::takeAvailable(DependencySlot &slot) {
    slot.openHook.unlink();
    for (ProvidedInterface &provided : slot.dependent->privateOffers) {
        if (provided.entry != slot.entry) {
            continue;
        }
        if (bind(slot, provided) && !slot.takesSeveral()) {
            return;
        }
    }
    for (ProvidedInterface &provided : slot.entry->offers) {
        if (isCandidate(slot, provided) && bind(slot, provided) && !slot.takesSeveral()) {
            return;
        }
    }
    slot.entry->openSlots.pushBack(slot);
}

void DependencyResolver::close(ServiceRecord &dependent) noexcept {
    dependent.isOpen = false;
    for (DependencySlot &slot : dependent.slots()) {
        slot.openHook.unlink();
    }
}

void DependencyResolver::release(ServiceRecord &dependent) noexcept {
    for (DependencySlot &slot : dependent.slots()) {
        while (!slot.edges.isEmpty()) {
            ServiceRecord &provider = *slot.edges.front().provided->provider;
            drop(slot.edges.front());
            if (provider.descent == Descent::DEPENDENTS && provider.dependents.isEmpty()) {
                _work.enqueue(provider);
            }
        }
    }
}

void DependencyResolver::offer(ServiceRecord &provider) {
    for (ProvidedInterface &provided : provider.provided()) {
        if (provider.onlyFor.isValid()) {
            offerPrivately(provided);
            continue;
        }
        provided.entry->offers.pushBack(provided);
        for (DependencySlot &slot : provided.entry->openSlots) {
            if (!isCandidate(slot, provided) || !bind(slot, provided)) {
                continue;
            }
            wakeIfSatisfied(*slot.dependent);
            if (!slot.takesSeveral()) {
                slot.openHook.unlink();
            }
        }
    }
}

void DependencyResolver::offerPrivately(ProvidedInterface &provided) {
    ServiceRecord *requester = _table.find(provided.provider->onlyFor);
    if (requester == nullptr) {
        return;
    }
    requester->privateOffers.pushBack(provided);
    if (!requester->isOpen) {
        return;
    }
    for (DependencySlot &slot : requester->slots()) {
        if (slot.entry != provided.entry || !slot.openHook.isLinked()) {
            continue;
        }
        if (!bind(slot, provided)) {
            continue;
        }
        wakeIfSatisfied(*requester);
        if (!slot.takesSeveral()) {
            slot.openHook.unlink();
        }
    }
}

void DependencyResolver::withdraw(ServiceRecord &provider) noexcept {
    for (ProvidedInterface &provided : provider.provided()) {
        provided.offerHook.unlink();
    }
    for (DependencyEdge &edge : provider.dependents) {
        markGoing(edge);
    }
    for (DependencyEdge &edge : provider.dependents) {
        DependencySlot &slot = *edge.slot;
        ServiceRecord &dependent = *slot.dependent;
        if (dependent.state != ServiceState::INSTALLED && !slot.isSatisfied()) {
            dependent.mustStop = true;
            _work.enqueue(dependent);
            continue;
        }
        drop(edge);
        if (!dependent.isOpen) {
            continue;
        }
        if (!slot.takesSeveral()) {
            takeAvailable(slot);
            wakeIfSatisfied(dependent);
        }
    }
}

bool DependencyResolver::bind(DependencySlot &slot, ProvidedInterface &provided) noexcept {
    ServiceRecord &provider = *provided.provider;
    ServiceRecord &dependent = *slot.dependent;
    DependencyEdge *edge = nullptr;
    try {
        edge = slot.first.provided == nullptr ? &slot.first : new DependencyEdge;
        void *object = provider.objectFor(provided, dependent);
        connect(*edge, slot, provided, object);
    } catch (...) {
        if (edge != &slot.first) {
            delete edge;
        }
        injectionFailed(slot, provided, "asking for it");
        return false;
    }
    if (slot.injection != nullptr) {
        try {
            slot.injection->add(slot.self, edge->object, provider.service());
        } catch (...) {
            injectionFailed(slot, provided, "addDependencyInstance");
            markGoing(*edge);
            provider.releaseFor(provided, dependent);
            unbind(*edge);
            return false;
        }
    }
    return true;
}

/// For providers that come by themselves: a service that opens its slots looks at what it has got when it has opened all of them.
void DependencyResolver::wakeIfSatisfied(ServiceRecord &dependent) noexcept {
    if (dependent.state == ServiceState::INSTALLED && dependent.unsatisfied == 0) {
        _work.enqueue(dependent);
    }
}

void DependencyResolver::connect(DependencyEdge &edge, DependencySlot &slot, ProvidedInterface &provided, void *object) noexcept {
    edge.provided = &provided;
    edge.slot = &slot;
    edge.object = object;
    edge.isUsable = true;
    slot.edges.pushBack(edge);
    provided.provider->dependents.pushBack(edge);
    if (slot.usable++ == 0 && slot.isRequired()) {
        --slot.dependent->unsatisfied;
    }
}

/// Calls the dependent's removeDependencyInstance and forgets the edge.
void DependencyResolver::drop(DependencyEdge &edge) noexcept {
    markGoing(edge);
    DependencySlot &slot = *edge.slot;
    ServiceRecord &provider = *edge.provided->provider;
    if (slot.injection != nullptr) {
        try {
            slot.injection->remove(slot.self, edge.object, provider.service());
        } catch (...) {
            _log.callbackThrew(*slot.dependent, "removeDependencyInstance", std::current_exception());
        }
    }
    provider.releaseFor(*edge.provided, *slot.dependent);
    unbind(edge);
}

void DependencyResolver::unbind(DependencyEdge &edge) noexcept {
    edge.slotHook.unlink();
    edge.dependentHook.unlink();
    if (&edge == &edge.slot->first) {
        edge.provided = nullptr;
        edge.object = nullptr;
    } else {
        delete &edge;
    }
}

void DependencyResolver::markGoing(DependencyEdge &edge) noexcept {
    if (!edge.isUsable) {
        return;
    }
    edge.isUsable = false;
    if (--edge.slot->usable == 0 && edge.slot->isRequired()) {
        ++edge.slot->dependent->unsatisfied;
    }
}

void DependencyResolver::injectionFailed(DependencySlot &slot, ProvidedInterface &provided, char const *step) noexcept {
    ServiceRecord &dependent = *slot.dependent;
    std::exception_ptr const error = std::current_exception();
    _log.callbackThrew(dependent, step, error);
    if (dependent.state != ServiceState::INSTALLED) {
        return;
    }
    dependent.isInjectionBroken = true;
    dependent.fail(error, "injection", displayName(slot.type->name), provided.provider->name);
    _work.enqueue(dependent);
}

} // namespace Ichor::Detail
