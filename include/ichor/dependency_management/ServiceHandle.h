#pragma once

#include <ichor/dependency_management/IService.h>
#include <ichor/model/ServiceId.h>

namespace Ichor {

/// What createServiceManager() returns: the new service, as a pointer to its IService and as its id.
///
/// Lifetime: the id stays valid as a name for ever; the pointer while the service is installed
class ServiceHandle final {
public:
    explicit ServiceHandle(IService &service) noexcept : _service(&service), _id(service.getServiceId()) {}

    [[nodiscard]] IService *operator->() const noexcept { return _service; }
    [[nodiscard]] IService &operator*() const noexcept { return *_service; }
    [[nodiscard]] IService *get() const noexcept { return _service; }
    [[nodiscard]] ServiceId getServiceId() const noexcept { return _id; }
    operator ServiceId() const noexcept { return _id; }
    operator IService *() const noexcept { return _service; }
    operator IService &() const noexcept { return *_service; }

private:
    IService *_service;
    ServiceId _id;
};

} // namespace Ichor
