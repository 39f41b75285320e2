"""Bills as XML, in the published shapes of 财政医疗电子票据 and 数电票."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

from yilu.kernel import money

from .bills import MARKS, Bill


def fiscal_xml(bill: Bill) -> bytes:
    """财政医疗电子票据 as the Ministry of Finance's format names its parts."""
    inpatient = bill.kind == "FISCAL_INPATIENT"
    items = "".join(
        f"<Item><ItemCode>{n:04}</ItemCode><ItemName>{escape(x.name)}</ItemName>"
        f"<ItemQuantity>{x.quantity}</ItemQuantity><ItemUnit>{x.unit}</ItemUnit>"
        f"<ItemStd>{x.amount}</ItemStd><ItemAmount>{x.amount}</ItemAmount></Item>"
        for n, x in enumerate(bill.lines, 1)
    )
    aux = "".join(
        f"<AuxItem><AuxItemRelatedCode>{n:04}</AuxItemRelatedCode>"
        f"<AuxItemName>{escape(x.name)}</AuxItemName><AuxItemQuantity>{x.quantity}</AuxItemQuantity>"
        f"<AuxItemUnit>{x.unit}</AuxItemUnit><AuxItemStd>{x.amount}</AuxItemStd>"
        f"<AuxItemAmount>{x.amount}</AuxItemAmount>"
        f"<AuxItemRemark>{MARKS[x.category]}</AuxItemRemark></AuxItem>"
        for n, x in enumerate(bill.lines, 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<EInvoice><Header><EInvoiceID>{bill.code}-{bill.number}</EInvoiceID><EInvoiceTag>CZ-EI-33</EInvoiceTag>
<Version>1.1.0</Version></Header><EInvoiceData><Main>
<EInvoiceName>{bill.title}</EInvoiceName><EInvoiceCode>{bill.code}</EInvoiceCode>
<EInvoiceNumber>{bill.number}</EInvoiceNumber><RandomNumber>{bill.check_code}</RandomNumber>
<TotalAmount>{bill.total}</TotalAmount><IssueDate>{bill.issued_on:%Y%m%d}</IssueDate>
<IssueTime>10:24:31</IssueTime>
<InvoicingParty><Code>{bill.payee_code}</Code><Name>{escape(bill.payee_name)}</Name></InvoicingParty>
<PayerParty><Type>1</Type><Code></Code><Name>{escape(bill.payer_name)}</Name></PayerParty>
<HandlingPerson>演示</HandlingPerson><Checker>演示</Checker><Remark>样张，仅供演示</Remark>
<MainExt><MedicalType>{"住院" if inpatient else "门诊"}</MedicalType>
<MedicalDate>{iso(bill.visited_on)}</MedicalDate>
<MedicalInsuranceType>{bill.insurance_type}</MedicalInsuranceType>
<DepartmentName>{bill.department}</DepartmentName>
<InHospitalDate>{iso(bill.admitted_on)}</InHospitalDate>
<OutHospitalDate>{iso(bill.discharged_on)}</OutHospitalDate><HospitalDay>{bill.days or ""}</HospitalDay>
<FundPayAmount>{bill.fund_paid}</FundPayAmount><AccountPayAmount>{bill.account_paid}</AccountPayAmount>
<OwnPayAmount>{bill.own_paid}</OwnPayAmount><OtherPayAmount>0.00</OtherPayAmount>
<SelfpaymentAmount>{bill.self_paid}</SelfpaymentAmount><SelfpaymentCost>{bill.self_cost}</SelfpaymentCost>
<Reversal>0</Reversal><ExchangePaper>0</ExchangePaper></MainExt></Main>
<Details>{items}</Details><AuxDetails>{aux}</AuxDetails></EInvoiceData></EInvoice>
""".encode()


def digital_xml(bill: Bill) -> bytes:
    """数电票 as the tax authority's XML names its parts."""
    items = "".join(
        f"<IssuItemInformation><ItemName>*医疗服务*{escape(x.name)}</ItemName>"
        f"<MeaUnits>{x.unit}</MeaUnits><Quantity>{x.quantity}</Quantity><UnPrice>{x.amount}</UnPrice>"
        f"<Amount>{x.amount}</Amount><TaxRate>0</TaxRate><ComTaxAm>0.00</ComTaxAm>"
        f"<TotaltaxIncludedAmount>{x.amount}</TotaltaxIncludedAmount></IssuItemInformation>"
        for x in bill.lines
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<EInvoice><Header><EIid>{bill.number}</EIid><EInvoiceTag>SWEI3200</EInvoiceTag><Version>0.2</Version></Header>
<EInvoiceData><SellerInformation><SellerIdNum>{bill.payee_code}</SellerIdNum>
<SellerName>{escape(bill.payee_name)}</SellerName></SellerInformation>
<BuyerInformation><BuyerName>{escape(bill.payer_name)}</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>{bill.total}</TotalAmWithoutTax><TotalTaxAm>0.00</TotalTaxAm>
<TotalTax-includedAmount>{bill.total}</TotalTax-includedAmount>
<TotalTax-includedAmountInChinese>{money.in_capitals(bill.total)}</TotalTax-includedAmountInChinese>
<Drawer>演示</Drawer></BasicInformation>{items}</EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>{bill.number}</InvoiceNumber>
<IssueTime>{bill.issued_on.isoformat()}</IssueTime></TaxSupervisionInfo></EInvoice>
""".encode()


def xml(bill: Bill) -> bytes:
    """The bill as the XML of its kind."""
    return digital_xml(bill) if bill.kind == "VAT_DIGITAL" else fiscal_xml(bill)


def iso(day: date | None) -> str:
    """A day as documents write it; empty for none."""
    return day.isoformat() if day else ""
