// Replaces Django's script of this name, which sends the typed letters of a name in the URL (ADR 21).
"use strict";
{
  const $ = django.jQuery;

  $.fn.djangoAdminSelect2 = function () {
    $.each(this, (i, element) => {
      const token = element.form.elements.csrfmiddlewaretoken.value;
      $(element).select2({
        ajax: {
          type: "POST",
          headers: { "X-CSRFToken": token },
          data: (params) => ({
            term: params.term,
            page: params.page,
            app_label: element.dataset.appLabel,
            model_name: element.dataset.modelName,
            field_name: element.dataset.fieldName,
          }),
        },
      });
    });
    return this;
  };

  $(() => $(".admin-autocomplete").not("[name*=__prefix__]").djangoAdminSelect2());
}
