#include "IOUringChoice.h"

#include <system_error>

IOUringChoice askForIOUring() { return {false, "this build has no io_uring (ICHOR_USE_LIBURING)"}; }

std::unique_ptr<Ichor::IEventQueue> makeIOUringQueue(Ichor::QueueOptions const &) {
    throw std::system_error(std::make_error_code(std::errc::function_not_supported), askForIOUring().why);
}
