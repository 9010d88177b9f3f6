#include "guard.h"

VM_EXPORT const char* vm_last_error() { return vlmmedia::last_error().c_str(); }
